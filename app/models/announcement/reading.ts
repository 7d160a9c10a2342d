import db from '@adonisjs/lucid/services/db'
import type { DatabaseQueryBuilderContract } from '@adonisjs/lucid/types/querybuilder'
import type Account from '#models/account'
import Announcement from '#models/announcement'
import { pageOf } from '#models/page'
import { endedStates } from '#models/server/end'
import { sqlTime } from '#models/task/clock'

export interface AnnouncementRow {
  readonly id: number
  readonly kind: string
  readonly subject: string
  readonly shown_from: string
  readonly work_from: string | null
  readonly work_until: string | null
}

const columns = ['id', 'kind', 'subject', 'shown_from', 'work_from', 'work_until']

/** What he is told now, newest first; a few, for where he begins. */
export function currentAnnouncements(account: Account): Promise<AnnouncementRow[]> {
  return visibleTo(account).select(columns).orderBy('shown_from', 'desc').limit(5)
}

export function announcementRowsFor(account: Account, page: number) {
  const query = visibleTo(account)
    .select(columns)
    .orderBy('shown_from', 'desc')
    .orderBy('id', 'desc')
  return pageOf<AnnouncementRow>(query, page)
}

/** Found through who reads it, as everything of customers (REL-04). */
export function announcementsOf(account: Account) {
  return Announcement.query().whereIn('id', visibleTo(account).select('id'))
}

/** Which of his servers it is about; none where it is about all customers. */
export async function serversConcerned(account: Account, announcement: Announcement) {
  if (announcement.scope === 'all') return []
  const targets = () => db.from('announcement_targets').where('announcement_id', announcement.id)
  const query = serversOf(account).select('id', 'name').orderBy('name')
  query.where((of) => {
    of.whereIn('id', targets().whereNotNull('server_id').select('server_id'))
    of.orWhereIn(
      'compute_node_id',
      targets().whereNotNull('compute_node_id').select('compute_node_id')
    )
  })
  const rows: { id: number; name: string }[] = await query
  return rows
}

function visibleTo(account: Account): DatabaseQueryBuilderContract<any> {
  const now = sqlTime()
  const query = db.from('announcements').whereNotNull('published_at').whereNull('withdrawn_at')
  query.where('shown_from', '<=', now)
  query.where((until) => until.whereNull('shown_until').orWhere('shown_until', '>', now))
  if (!account.isContractor) query.where('audience', 'everybody')
  return query.where((scope) => scope.where('scope', 'all').orWhereIn('id', concerning(account)))
}

/** Ids of announcements that name his contract, one of his servers, or where one of them runs. */
function concerning(account: Account) {
  const targets = db.from('announcement_targets').select('announcement_id')
  return targets.where((target) => {
    target.where('contract_id', account.contractId)
    target.orWhereIn('server_id', serversOf(account).select('id'))
    target.orWhereIn('compute_node_id', serversOf(account).select('compute_node_id'))
  })
}

/** A contractor's servers; of the others the one that their domain is on. */
function serversOf({ contractId, domainId, isContractor }: Account) {
  const query = db.from('servers').where('contract_id', contractId)
  query.whereNotIn('state', [...endedStates])
  if (isContractor) return query
  return query.whereIn('id', db.from('domains').where('id', domainId!).select('server_id'))
}
