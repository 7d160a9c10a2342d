import db from '@adonisjs/lucid/services/db'
import { DateTime } from 'luxon'
import type Announcement from '#models/announcement'
import { endedStates } from '#models/server/end'
import { sqlTime } from '#models/task/clock'

const batch = 200
/** How often one address is tried before its mail is given up; the others go out meanwhile. */
export const mostTries = 5

/**
 * Writes down once whom an announcement is mailed to: the persons in charge of the contracts that it is for, and those
 * who work with the servers; somebody of several contracts has one row. Cut off anywhere, it begins anew and doubles nobody.
 */
export async function addressAnnouncement(announcement: Announcement, signal: AbortSignal) {
  if (announcement.addressedAt) return
  for (let last = 0; ;) {
    if (signal.aborted) return
    const rows = await peopleAfter(announcement, last)
    await insertAddresses(announcement.id, rows.flatMap(addressesOf))
    if (rows.length < batch) break
    last = rows.at(-1)!.id
  }
  await announcement.merge({ addressedAt: DateTime.utc() }).save()
}

export interface WaitingMail {
  readonly id: number
  readonly address: string
  readonly tries: number
}

/** Whoever has been tried least comes first, so that a bad address holds up nobody. */
export function waitingMails(announcementId: number): Promise<WaitingMail[]> {
  return db
    .from('announcement_mails')
    .where('announcement_id', announcementId)
    .whereNull('sent_at')
    .where('tries', '<', mostTries)
    .select('id', 'address', 'tries')
    .orderBy('tries')
    .orderBy('id')
    .limit(batch)
}

export async function markMail({ id, tries }: WaitingMail, sent: boolean) {
  const sentAt = sent ? sqlTime() : null
  await db
    .from('announcement_mails')
    .where('id', id)
    .update({ tries: tries + 1, sent_at: sentAt })
}

/** For staff: how far it is. */
export async function mailCounts(announcementId: number) {
  const rows = await db
    .from('announcement_mails')
    .where('announcement_id', announcementId)
    .select(db.raw('count(*) as total'), db.raw('count(sent_at) as sent'))
    .select(
      db.raw('sum(case when sent_at is null and tries >= ? then 1 else 0 end) as failed', [
        mostTries,
      ])
    )
  const [{ total, sent, failed }] = rows
  return { total: Number(total), sent: Number(sent), failed: Number(failed ?? 0) }
}

/** For staff, before it is published. */
export async function contractCount(announcement: Announcement): Promise<number> {
  const [{ total }] = await contractsOf(announcement).count('* as total')
  return Number(total)
}

interface Person {
  readonly id: number
  readonly notice_address: string | null
  readonly technical_mail: string | null
}

const addressesOf = (person: Person) => [person.notice_address, person.technical_mail]

function peopleAfter(announcement: Announcement, last: number): Promise<Person[]> {
  return contractsOf(announcement)
    .leftJoin('contract_profiles', 'contract_profiles.contract_id', 'contracts.id')
    .where('contracts.id', '>', last)
    .select('contracts.id', 'contracts.notice_address', 'contract_profiles.technical_mail')
    .orderBy('contracts.id')
    .limit(batch)
}

/** All who have a server, or those that were chosen. */
function contractsOf({ id, scope }: Announcement) {
  const servers = () => db.from('servers').whereNotIn('state', [...endedStates])
  const query = db.from('contracts')
  if (scope === 'all') return query.whereIn('contracts.id', servers().select('contract_id'))
  const targets = (column: string) =>
    db.from('announcement_targets').where('announcement_id', id).whereNotNull(column).select(column)
  return query.where((chosen) => {
    chosen.whereIn('contracts.id', targets('contract_id'))
    chosen.orWhereIn(
      'contracts.id',
      servers().whereIn('id', targets('server_id')).select('contract_id')
    )
    chosen.orWhereIn(
      'contracts.id',
      servers().whereIn('compute_node_id', targets('compute_node_id')).select('contract_id')
    )
  })
}

async function insertAddresses(announcementId: number, addresses: readonly (string | null)[]) {
  const known = addresses.filter((address) => address !== null)
  const unique = new Set(known.map((address) => address.trim().toLowerCase()))
  const rows = [...unique].map((address) => ({ announcement_id: announcementId, address }))
  if (rows.length === 0) return
  const insertion = db.knexQuery().insert(rows).into('announcement_mails')
  await insertion.onConflict(['announcement_id', 'address']).ignore()
}
