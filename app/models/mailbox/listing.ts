import db from '@adonisjs/lucid/services/db'
import { containing, pageOf } from '#models/page'

export interface MailboxRow {
  readonly id: number
  readonly local_part: string
  readonly description: string | null
  readonly quota_mb: number
  readonly suspended_at: string | null
  readonly created_at: string
  /** Text of UTC (SQLite) or a date (MariaDB). */
  readonly sending_unlocked_at: string | Date | null
}

/** The first one is the usual order. */
export const mailboxSorts = ['name', '-name', '-created', 'created', '-quota', 'quota'] as const

const columns = { name: 'local_part', created: 'id', quota: 'quota_mb' } as const

interface Wanted {
  readonly q: string
  readonly page: number
  readonly sort: string
}

export function mailboxesOfDomain(domainId: number, { q, page, sort }: Wanted) {
  const query = db.from('mailboxes').where('domain_id', domainId)
  if (q !== '') {
    const text = containing(q)
    query.whereRaw("(local_part like ? escape '!' or description like ? escape '!')", [
      text.toLowerCase(),
      text,
    ])
  }
  const column = columns[sort.replace('-', '') as keyof typeof columns]
  const direction = sort.startsWith('-') ? 'desc' : 'asc'
  query
    .select('id', 'local_part', 'description', 'quota_mb', 'suspended_at', 'created_at')
    .select('sending_unlocked_at')
    .orderBy(column, direction)
  if (column === 'quota_mb') query.orderBy('id', direction)
  return pageOf<MailboxRow>(query, page)
}

export async function mailboxCountOf(domainId: number) {
  const [{ total }] = await db.from('mailboxes').where('domain_id', domainId).count('* as total')
  return Number(total)
}

/** How long the lists of one user are. */
export async function listCountsOf(mailboxId: number) {
  const senders = await db
    .from('mail_senders')
    .select('list')
    .count('* as total')
    .where('mailbox_id', mailboxId)
    .groupBy('list')
  const [forwards] = await db
    .from('mailbox_forwards')
    .where('mailbox_id', mailboxId)
    .count('* as total')
  const totals = new Map(senders.map(({ list, total }) => [list, Number(total)]))
  return {
    allow: totals.get('allow') ?? 0,
    reject: totals.get('reject') ?? 0,
    forwards: Number(forwards.total),
  }
}
