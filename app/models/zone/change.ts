import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import type { Author } from '#models/actor'
import { chunked } from '#models/batches'
import { operate, unchanged } from '#models/operation'
import { sqlTime } from '#models/task/clock'
import type Zone from '#models/zone'
import { ZoneDraft, type StoredLine, type ZoneDiff } from '#models/zone/draft'
import { publishZone } from '#models/zone/publication'
import type { ZoneLine } from '#models/zone/record'
import { nextSerial } from '#models/zone/serial'

export interface ZoneOperation {
  /** For the operation log and the zone's history. */
  readonly action: string
  /** Of the change that this one takes back. */
  readonly undoesId?: number
}

/** `zone` is the row as it is now, locked; what the work sets on it is saved. */
export type ZoneWork = (
  draft: ZoneDraft,
  zone: Zone,
  client: TransactionClientContract
) => void | Promise<void>

/**
 * One transaction: records, the zone's settings, a new serial, the line in the history, the one in the
 * operation log and the task that publishes. Answers whether anything changed.
 */
export async function changeZone(
  zone: Zone,
  author: Author,
  { action, undoesId }: ZoneOperation,
  work: ZoneWork
): Promise<boolean> {
  const operation = { action, target: zone.unicodeName, domainId: zone.domainId }
  const result = await operate(author, operation, async (client) => {
    const now = await lockZone(zone, client)
    const isChanged = await changeLocked(now, author, { action, undoesId }, client, work)
    return isChanged ? true : unchanged
  })
  return result !== unchanged
}

/** For those who have a transaction and the line in the log, such as a domain's basic DNS; with the row locked. */
export async function changeLocked(
  now: Zone,
  author: Author,
  operation: ZoneOperation,
  client: TransactionClientContract,
  work: ZoneWork
): Promise<boolean> {
  const draft = new ZoneDraft(await linesOf(now.id, client))
  await work(draft, now, client)
  const { diff } = draft
  const isRecords = diff.removed.length + diff.added.length > 0
  if (!isRecords && !now.$isDirty) return false
  if ('primaries' in now.$dirty || 'kind' in now.$dirty) now.receivedAt = null
  now.serial = nextSerial(now.serial)
  await now.save()
  await write(now.id, diff, client)
  if (isRecords) await remember(now, author, operation, diff, client)
  await publishZone(now, client)
  return true
}

/** Nobody else changes it before this transaction ends; both databases wait here. */
export async function lockZone(zone: Zone, client: TransactionClientContract): Promise<Zone> {
  await client
    .from('zones')
    .where('id', zone.id)
    .update({ serial: client.raw('serial') })
  const model = zone.constructor as typeof Zone
  const now = await model.query({ client }).where('id', zone.id).first()
  if (!now || now.deletedAt) throw new Refusal('zone_is_being_deleted')
  return now
}

export function linesOf(
  zoneId: number,
  client: Pick<TransactionClientContract, 'from'>
): Promise<StoredLine[]> {
  return client
    .from('zone_records')
    .where('zone_id', zoneId)
    .orderBy('id')
    .select('id', 'name', 'type', 'ttl', 'content')
}

async function write(
  zoneId: number,
  { removed, added }: ZoneDiff,
  client: TransactionClientContract
) {
  for (const some of chunked(removed, 500)) {
    const ids = some.map(({ id }) => id)
    await client.from('zone_records').whereIn('id', ids).delete()
  }
  for (const some of chunked(added, 150)) {
    const rows = some.map(({ name, type, ttl, content }) => {
      return { zone_id: zoneId, name, type, ttl, content }
    })
    await client.insertQuery().table('zone_records').multiInsert(rows)
  }
}

async function remember(
  zone: Zone,
  { by }: Author,
  { action, undoesId }: ZoneOperation,
  { removed, added }: ZoneDiff,
  client: TransactionClientContract
) {
  await client
    .insertQuery()
    .table('zone_changes')
    .insert({
      zone_id: zone.id,
      serial: zone.serial,
      action,
      changed_by: by.login,
      removed: JSON.stringify(removed.map(bare)),
      added: JSON.stringify(added.map(bare)),
      undoes_id: undoesId ?? null,
      created_at: sqlTime(),
    })
}

const bare = ({ name, type, ttl, content }: ZoneLine) => [name, ttl, type, content]
