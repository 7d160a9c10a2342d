import db from '@adonisjs/lucid/services/db'
import { containing, pageOf, type Page } from '#models/page'

export interface MailingListRow {
  readonly id: number
  readonly local_part: string
  readonly description: string | null
  readonly posting: string
  readonly moderation: string
  readonly created_at: string
}

export interface MailingListLine extends MailingListRow {
  readonly members: number
}

export interface MemberRow {
  readonly id: number
  readonly address: string
  readonly source: string
  readonly created_at: string
}

/** The first one is the usual order. */
export const mailingListSorts = ['name', '-name', '-created', 'created'] as const
export const memberSorts = ['name', '-name', '-created', 'created'] as const

/** So many are ticked at once, too. */
export const membersPerPage = 50

interface Wanted {
  readonly q: string
  readonly page: number
  readonly sort: string
}

export async function mailingListsOfDomain(
  domainId: number,
  { q, page, sort }: Wanted
): Promise<Page<MailingListLine>> {
  const query = db.from('mailing_lists').where('domain_id', domainId)
  if (q !== '') {
    const text = containing(q)
    query.whereRaw("(local_part like ? escape '!' or description like ? escape '!')", [
      text.toLowerCase(),
      text,
    ])
  }
  query
    .select('id', 'local_part', 'description', 'posting', 'moderation', 'created_at')
    .orderBy(sort.endsWith('created') ? 'id' : 'local_part', directionOf(sort))
  const found = await pageOf<MailingListRow>(query, page)
  const counts = await memberCountsOf(found.rows.map(({ id }) => id))
  const rows = found.rows.map((row) => ({ ...row, members: counts.get(row.id) ?? 0 }))
  return { ...found, rows }
}

export async function memberCountsOf(listIds: readonly number[]): Promise<Map<number, number>> {
  const rows = await db
    .from('mailing_list_members')
    .select('mailing_list_id')
    .count('* as total')
    .whereIn('mailing_list_id', [...listIds])
    .groupBy('mailing_list_id')
  return new Map(rows.map((row) => [row.mailing_list_id, Number(row.total)]))
}

export function membersOfList(listId: number, { q, page, sort }: Wanted) {
  const query = db.from('mailing_list_members').where('mailing_list_id', listId)
  if (q !== '') query.whereRaw("address like ? escape '!'", [containing(q.toLowerCase())])
  query
    .select('id', 'address', 'source', 'created_at')
    .orderBy(sort.endsWith('created') ? 'id' : 'address', directionOf(sort))
  return pageOf<MemberRow>(query, page, membersPerPage)
}

/** Those of the rows that are of this list. */
export async function chosenMembers(listId: number, ids: readonly number[]): Promise<string[]> {
  const rows = await db
    .from('mailing_list_members')
    .where('mailing_list_id', listId)
    .whereIn('id', [...ids])
    .orderBy('address')
    .select('address')
  return rows.map(({ address }) => address)
}

const directionOf = (sort: string) => (sort.startsWith('-') ? 'desc' : 'asc')
