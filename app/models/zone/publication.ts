import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import Task from '#models/task'

/** The newest state of a zone is to get to the name servers, or the zone off them. */
export function publishZone(zone: { readonly id: number }, client: TransactionClientContract) {
  const key = `zone:${zone.id}`
  const request = { kind: 'publish_zone', payload: { zoneId: zone.id } }
  return Task.enqueue({ ...request, lockKey: key, uniqueKey: `publish_${key}` }, client)
}

/** Names that the provider's own zones have for a domain or a server. */
export type NamesOf =
  | { readonly domain: { readonly name: string; readonly testName: string } }
  | { readonly server: { readonly hostname: string } }

/** DOM-02, DOM-03, DOM-04: what the provider's own zones say of it is to be as it is now, or to go with it. */
export function publishNames(names: NamesOf, client: TransactionClientContract) {
  const lockKey = 'names:provider'
  return Task.enqueue({ kind: 'publish_names', payload: names, lockKey }, client)
}

/** All of what waits for a name server that does not answer is looked after by one task. */
export function deliverLater(after: number, tries = 0) {
  const runAt = new Date(Date.now() + after)
  return Task.enqueue({
    kind: 'deliver_zones',
    payload: { tries },
    runAt,
    lockKey: 'zones:deliver',
    uniqueKey: 'deliver_zones',
  })
}

/** Milliseconds until a zone that the secondary did not get is tried again: two seconds at first, ten minutes at most. */
export function pauseAfter(tries: number) {
  return Math.min(1000 * 2 ** Math.min(tries, 12), 600_000)
}

/** The provider's own zones as a whole, in turn with what single names ask for. */
export const comparison = {
  kind: 'compare_name_servers',
  payload: { zones: 'provider' },
  lockKey: 'names:provider',
  uniqueKey: 'compare_provider_zones',
} as const

/** All zones of all customers, too: the newest look at both name servers, and at what they have. */
export async function compareAll() {
  await Task.enqueue({ kind: 'compare_name_servers', uniqueKey: 'compare_name_servers' })
  await Task.enqueue({ kind: 'deliver_zones', lockKey: 'zones:deliver' })
}
