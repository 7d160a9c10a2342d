import db from '@adonisjs/lucid/services/db'
import type { DesiredMailingList } from '#convergence/desired_server'
import { type EmailAddress, toEmailAddress, toLocalPart } from '#convergence/syntax/names'

type ListsByDomain = ReadonlyMap<number, readonly DesiredMailingList[]>

/** MAIL-06, by domain. Three queries, one while there are no lists. `domainIds` null: of all domains of the server. */
export async function loadMailingLists(
  serverId: number,
  domainIds: readonly number[] | null
): Promise<ListsByDomain> {
  const lists = await listRows(serverId, domainIds)
  if (lists.length === 0) return new Map()
  const members = await addressesOf('mailing_list_members', serverId, domainIds)
  const moderators = await addressesOf('mailing_list_moderators', serverId, domainIds)
  const made = lists.map((row) => ({
    domainId: row.domain_id as number,
    list: toList(row, members.get(row.id) ?? [], moderators.get(row.id) ?? []),
  }))
  const byDomain = Map.groupBy(made, ({ domainId }) => domainId)
  return new Map([...byDomain].map(([id, of]) => [id, of.map(({ list }) => list)]))
}

function listRows(serverId: number, domainIds: readonly number[] | null): Promise<any[]> {
  const query = db.from('mailing_lists').orderBy('mailing_lists.id').select('mailing_lists.*')
  if (domainIds !== null) return query.whereIn('domain_id', [...domainIds])
  return query
    .join('domains', 'domains.id', 'mailing_lists.domain_id')
    .where('domains.server_id', serverId)
}

async function addressesOf(
  table: 'mailing_list_members' | 'mailing_list_moderators',
  serverId: number,
  domainIds: readonly number[] | null
): Promise<Map<number, EmailAddress[]>> {
  const query = db
    .from(table)
    .join('mailing_lists', 'mailing_lists.id', `${table}.mailing_list_id`)
    .select(`${table}.mailing_list_id as list`, `${table}.address`)
  const rows = await (domainIds === null
    ? query
        .join('domains', 'domains.id', 'mailing_lists.domain_id')
        .where('domains.server_id', serverId)
    : query.whereIn('mailing_lists.domain_id', [...domainIds]))
  const found = new Map<number, EmailAddress[]>()
  for (const { list, address } of rows) {
    const of = found.get(list) ?? []
    of.push(toEmailAddress(address))
    found.set(list, of)
  }
  // Databases sort by rules of their own; the same bytes come from each.
  for (const of of found.values()) of.sort()
  return found
}

function toList(
  row: any,
  members: readonly EmailAddress[],
  moderators: readonly EmailAddress[]
): DesiredMailingList {
  return {
    id: row.id,
    localPart: toLocalPart(row.local_part),
    posting: row.posting,
    moderation: row.moderation,
    moderators,
    subjectPrefix: row.subject_prefix,
    autoSubscription: Boolean(row.auto_subscription),
    archive: Boolean(row.archive),
    replyTo: row.reply_to,
    members,
    changes: { epoch: row.changes_epoch, seen: row.changes_seen },
  }
}
