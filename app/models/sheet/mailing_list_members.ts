import { chunked } from '#models/batches'
import { checkForward } from '#models/mail_address'
import { listsAmong } from '#models/mailing_list/collisions'
import MailingListMember from '#models/mailing_list_member'
import { addressColumn, deletionColumn, listNameColumn } from '#models/sheet/column'
import { listsNamed, mostLists } from '#models/sheet/mailing_lists'
import type { Change, Objection, Sheet, Write } from '#models/sheet/sheet'

const listOf = ({ key }: Pick<Change, 'key'>) => key.split(' ')[0]
const addressOf = ({ key }: Pick<Change, 'key'>) => key.split(' ')[1]
const keyFor = (list: unknown, address: unknown) => `${String(list)} ${String(address)}`

/**
 * USR-07: who is a member of which list, a row each, because a list may have more members than a cell or
 * a file holds. Members that are not in the file stay.
 */
export const mailingListMembers: Sheet = {
  name: 'mailing_list_members',
  columns: [
    listNameColumn('news'),
    addressColumn('member', 'suzuki@example.jp', checkForward),
    deletionColumn(),
  ],
  most: 1000,
  features: {},
  keyOf: ({ list_name: list, member }) => keyFor(list, member),
  nameOf: listOf,

  async keys({ domain, client }) {
    const rows = await client
      .from('mailing_list_members')
      .join('mailing_lists', 'mailing_lists.id', 'mailing_list_members.mailing_list_id')
      .where('mailing_lists.domain_id', domain.id)
      .select('mailing_lists.local_part', 'mailing_list_members.address')
    return rows.map((row) => keyFor(row.local_part, row.address)).sort()
  },

  async present({ domain, client }, keys) {
    const wanted = new Set(keys)
    const lists = [...new Set(keys.map((key) => listOf({ key })))]
    const found = new Map()
    for (const some of chunked(keys.map((key) => addressOf({ key })))) {
      const rows = await client
        .from('mailing_list_members')
        .join('mailing_lists', 'mailing_lists.id', 'mailing_list_members.mailing_list_id')
        .where('mailing_lists.domain_id', domain.id)
        .whereIn('mailing_lists.local_part', lists)
        .whereIn('mailing_list_members.address', some)
        .select('mailing_lists.local_part', 'mailing_list_members.address')
      for (const { local_part: list, address: member } of rows) {
        const key = keyFor(list, member)
        if (wanted.has(key)) found.set(key, { list_name: list, member, deletion: null })
      }
    }
    return found
  },

  kindOf({ values }, before) {
    if (values.deletion === null) return before ? null : 'added'
    return before ? 'removed' : { key: 'no_member' }
  },

  /** MAIL-06: a list is no member of a list of its domain. */
  async objections(changes, scope) {
    const names = [...new Set(changes.map(listOf))]
    const lists = await listsNamed(names, scope)
    const added = changes.filter(({ kind }) => kind === 'added')
    const foreign = new Set(await listsAmong(scope.domain, added.map(addressOf), scope.client))
    const objections: Objection[] = []
    if (names.length > mostLists) {
      objections.push({ change: changes[0], key: 'too_many_lists', data: { max: mostLists } })
    }
    for (const change of changes) {
      if (!lists.has(listOf(change))) objections.push({ change, key: 'unknown_list' })
      if (!foreign.has(addressOf(change))) continue
      const data = { names: addressOf(change) }
      const key = 'messages.refusals.lists_are_no_members'
      objections.push({ change, columnKey: 'member', key, data })
    }
    return objections
  },

  async write(writes, { domain, client }) {
    const byList = Map.groupBy(writes, listOf)
    const lists = await listsNamed([...byList.keys()], { domain, client })
    for (const [name, own] of byList) {
      const list = lists.get(name)!
      const of = (kind: Write['kind']) => own.filter((each) => each.kind === kind).map(addressOf)
      await list.addMemberRows(domain, of('added'), client)
      await MailingListMember.removeRows(list.id, of('removed'), client)
    }
  },

  actionsOf: ({ kind }) => [`mailing_list_members.${kind === 'added' ? 'store' : 'destroy'}`],
}
