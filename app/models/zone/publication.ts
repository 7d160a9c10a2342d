import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import Task from '#models/task'

/** The newest state of a zone is to get to the name servers, or the zone off them. */
export function publishZone(zone: { readonly id: number }, client: TransactionClientContract) {
  const key = `zone:${zone.id}`
  const request = { kind: 'publish_zone', payload: { zoneId: zone.id } }
  return Task.enqueue({ ...request, lockKey: key, uniqueKey: `publish_${key}` }, client)
}
