import { setTimeout as wait } from 'node:timers/promises'
import type { PowerDns } from '#clients/power_dns'

/** Milliseconds until the zone is looked at again; together what a hand of the worker waits at most. */
const pauses = [3, 5, 8, 12, 20, 40, 80, 160, 320, 640, 1000]

/** A zone that this server fetches over AXFR (RFC 5936), and from where. */
export interface FetchedZone {
  readonly name: string
  readonly masters: readonly string[]
}

/** Has it fetched at once, rather than when the primary's NOTIFY (RFC 1996) gets its turn. */
export async function fetchOnSecondary(server: PowerDns, { name, masters }: FetchedZone) {
  const there = await server.outline(name)
  const wish = { kind: 'Slave', masters } as const
  if (!there) await server.create(name, wish)
  else if (there.kind !== 'Slave' || there.masters.join() !== masters.join()) {
    await server.setKind(name, wish)
  }
  await server.retrieve(name)
}

/** Whether it has that serial, or a newer one, within two seconds. */
export async function hasArrived(server: PowerDns, name: string, serial: number) {
  for (const pause of pauses) {
    const there = await server.outline(name)
    if (there && there.serial >= serial) return true
    await wait(pause)
  }
  return false
}
