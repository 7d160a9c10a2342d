import { examplePassword } from '#models/account/password_strength'
import type Domain from '#models/domain'
import { addMailboxRows } from '#models/mailbox/rows'
import { localPartColumn, passwordColumn, quotaColumn, textColumn } from '#models/sheet/column'
import { listNamesAmong, localPartsOf, mailboxStates } from '#models/sheet/mailboxes'
import type { Sheet, Values } from '#models/sheet/sheet'

/**
 * USR-01. A user that is there already counts as unchanged where the row says what is so and sets no
 * password, so that a download can be filled up with new rows and uploaded.
 */
export const additions: Sheet = {
  name: 'additions',
  columns: [
    localPartColumn('sato'),
    passwordColumn(examplePassword),
    textColumn('description', '佐藤 一郎（営業部）'),
    quotaColumn('1024', { optional: true }),
  ],
  most: 1000,
  features: {},

  keys: localPartsOf,

  async present(scope, keys) {
    const states = await mailboxStates(scope, keys)
    return new Map(
      [...states].map(([key, { description, quota_mb: quotaMb }]) => [
        key,
        { local_part: key, description, quota_mb: quotaMb },
      ])
    )
  },

  kindOf({ key, values, password }, before) {
    if (!before) {
      if (key === 'admin') return { key: 'messages.mailboxes.problems.admin' }
      return password === undefined ? { key: 'password_missing' } : 'added'
    }
    const isSame =
      before.description === values.description &&
      (values.quota_mb === null || before.quota_mb === values.quota_mb)
    return isSame && password === undefined ? null : { key: 'user_is_there' }
  },

  /** MAIL-06: mail to the name would go to the list. */
  async objections(changes, scope) {
    const names = changes.map(({ key }) => key)
    const lists = await listNamesAmong(names, scope)
    return changes.flatMap((change) => {
      const data = { name: change.key }
      const key = 'messages.refusals.local_part_is_a_list'
      return lists.has(change.key) ? [{ change, key, data }] : []
    })
  },

  async write(writes, { domain, server, client }) {
    const wishes = writes.map(({ key, after, passwordHash }) => ({
      localPart: key,
      role: 'mailbox' as const,
      description: after!.description as string | null,
      quotaMb: quotaOf(after!, domain),
      passwordHash: passwordHash!,
    }))
    await addMailboxRows(domain, server, wishes, client)
  },

  actionsOf: () => ['mailbox.store'],
}

function quotaOf({ quota_mb: quotaMb }: Values, domain: Domain) {
  return quotaMb === null ? domain.newMailboxQuotaMb : Number(quotaMb)
}
