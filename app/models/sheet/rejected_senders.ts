import { checkSender } from '#models/mail_address'
import { idsOf, replaceListRows } from '#models/mailbox/rows'
import { addressesColumn, localPartColumn } from '#models/sheet/column'
import {
  listsOf,
  localPartsOf,
  mailboxStates,
  rejectList,
  settingKind,
} from '#models/sheet/mailboxes'
import type { Sheet } from '#models/sheet/sheet'

/** USR-05: the list is replaced. */
export const rejectedSenders: Sheet = {
  name: 'rejected_senders',
  columns: [
    localPartColumn('sato'),
    addressesColumn('reject_list', 'tanaka@example.net\nexample.org', checkSender),
  ],
  most: 1000,
  features: { reject_list: 'reject' },

  keys: localPartsOf,

  async present(scope, keys) {
    const states = await mailboxStates(scope, keys)
    const ids = [...states.values()].map(({ id }) => id)
    const lists = await listsOf(rejectList, ids, scope)
    return new Map(
      [...states].map(([key, { id }]) => [key, { local_part: key, reject_list: lists.get(id)! }])
    )
  },

  kindOf: settingKind,

  async objections() {
    return []
  },

  async write(writes, { domain, client }) {
    const keys = writes.map(({ key }) => key)
    const ids = await idsOf(domain, keys, client)
    const lists = writes.map(
      ({ key, after }) => [ids.get(key)!, after!.reject_list as readonly string[]] as const
    )
    const row = { domain_id: domain.id, list: 'reject' }
    await replaceListRows({ table: 'mail_senders', column: 'pattern', row }, new Map(lists), client)
  },

  actionsOf: () => ['rejected_senders.update'],
}
