import { deleteMailboxRows } from '#models/mailbox'
import { idsOf } from '#models/mailbox/rows'
import { deletionColumn, localPartColumn, textColumn } from '#models/sheet/column'
import { localPartsOf, mailboxStates } from '#models/sheet/mailboxes'
import type { Sheet } from '#models/sheet/sheet'

/** USR-01. */
export const deletions: Sheet = {
  name: 'deletions',
  columns: [
    localPartColumn('sato'),
    textColumn('description', '佐藤 一郎（営業部）', 1000),
    deletionColumn(),
  ],
  most: 1000,
  features: {},

  keys: localPartsOf,

  async present(scope, keys) {
    const states = await mailboxStates(scope, keys)
    return new Map(
      [...states].map(([key, { description }]) => [
        key,
        { local_part: key, description, deletion: null },
      ])
    )
  },

  kindOf({ key, values }, before) {
    if (!before) return { key: 'unknown_user' }
    if (values.deletion === null) return null
    return key === 'admin' ? { key: 'messages.refusals.admin_mailbox_stays' } : 'removed'
  },

  async objections() {
    return []
  },

  async write(writes, { domain, client }) {
    const keys = writes.map(({ key }) => key)
    const ids = await idsOf(domain, keys, client)
    await deleteMailboxRows([...ids.values()], client)
  },

  actionsOf: () => ['mailbox.destroy'],
}
