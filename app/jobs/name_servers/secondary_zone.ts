import { setTimeout as wait } from 'node:timers/promises'
import type { PowerDns, ZoneKind } from '#clients/power_dns'

/** Milliseconds until the zone is looked at again; together what a hand of the worker waits at most. */
const pauses = [3, 5, 8, 12, 20, 40, 80, 160, 320, 640, 1000]

/** A zone that this server fetches over AXFR (RFC 5936), and from where. */
export interface FetchedZone {
  readonly name: string
  readonly masters: readonly string[]
}

/**
 * Has it fetched at once, rather than when the primary's NOTIFY (RFC 1996) gets its turn. Answers when it was last fetched
 * before, for `wasReceived`.
 */
export async function fetchOnSecondary(server: PowerDns, { name, masters }: FetchedZone) {
  const there = await server.outline(name)
  const wish = { kind: 'Slave', masters } as const
  if (!there) await createOnce(server, name, wish)
  else if (there.kind !== 'Slave' || there.masters.join() !== masters.join()) {
    await server.setKind(name, wish)
  }
  await server.retrieve(name)
  return there?.lastCheck ?? 0
}

/** Another hand of the worker, or a NOTIFY, may make it at the same moment: PowerDNS answers 500 to whoever comes second. */
async function createOnce(server: PowerDns, name: string, wish: ZoneKind) {
  try {
    await server.create(name, wish)
  } catch (error) {
    if (!(await server.outline(name))) throw error
  }
}

/** Whether something came from a primary whose serials nobody here knows, within two seconds. */
export function wasReceived(server: PowerDns, name: string, before: number) {
  return isSoon(server, name, ({ lastCheck }) => lastCheck > before)
}

/** Whether it has that serial, or a newer one, within two seconds. */
export function hasArrived(server: PowerDns, name: string, serial: number) {
  return isSoon(server, name, (there) => there.serial >= serial)
}

type Outline = NonNullable<Awaited<ReturnType<PowerDns['outline']>>>

async function isSoon(server: PowerDns, name: string, is: (there: Outline) => boolean) {
  for (const pause of pauses) {
    const there = await server.outline(name)
    if (there && is(there)) return true
    await wait(pause)
  }
  return false
}
