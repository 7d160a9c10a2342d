import { checkSender } from '#models/mail_address'
import { idsOf, replaceListRows, setMailboxColumns } from '#models/mailbox/rows'
import { spamActions, spamLevels } from '#models/mailbox/settings'
import { addressesColumn, choiceColumn, localPartColumn, switchColumn } from '#models/sheet/column'
import {
  isChanged,
  listsOf,
  localPartsOf,
  mailboxStates,
  settingKind,
  whitelist,
} from '#models/sheet/mailboxes'
import type { Sheet } from '#models/sheet/sheet'

const settingKeys = ['spam_check', 'spam_level', 'spam_action']

/** USR-03: on or off, level and action are overwritten, the whitelist is replaced. */
export const spamChecks: Sheet = {
  name: 'spam_checks',
  columns: [
    localPartColumn('sato'),
    switchColumn('spam_check'),
    choiceColumn('spam_level', [...spamLevels]),
    choiceColumn('spam_action', [...spamActions]),
    addressesColumn('whitelist', 'suzuki@example.jp\nexample.com\n192.0.2.0/24', checkSender),
  ],
  most: 1000,
  features: {
    spam_check: 'spam_check',
    spam_level: 'spam_check',
    spam_action: 'spam_check',
    whitelist: 'spam_check',
  },

  keys: localPartsOf,

  async present(scope, keys) {
    const states = await mailboxStates(scope, keys)
    const ids = [...states.values()].map(({ id }) => id)
    const lists = await listsOf(whitelist, ids, scope)
    return new Map(
      [...states].map(([key, each]) => [
        key,
        {
          local_part: key,
          spam_check: Boolean(Number(each.spam_check)),
          spam_level: each.spam_level,
          spam_action: each.spam_action,
          whitelist: lists.get(each.id)!,
        },
      ])
    )
  },

  kindOf: settingKind,

  async objections() {
    return []
  },

  async write(writes, { domain, client }) {
    const keys = writes.map(({ key }) => key)
    const ids = await idsOf(domain, keys, client)
    const settings = writes.map(({ key, after }) => {
      const columns = Object.entries(after!).filter(([name]) => settingKeys.includes(name))
      return [
        ids.get(key)!,
        Object.fromEntries(columns) as Record<string, string | boolean>,
      ] as const
    })
    await setMailboxColumns(new Map(settings), client)
    const lists = writes
      .filter((each) => isChanged(each, 'whitelist'))
      .map(({ key, after }) => [ids.get(key)!, after!.whitelist as readonly string[]] as const)
    const row = { domain_id: domain.id, list: 'allow' }
    await replaceListRows({ table: 'mail_senders', column: 'pattern', row }, new Map(lists), client)
  },

  actionsOf(change) {
    const isSetting = settingKeys.some((key) => isChanged(change, key))
    return [
      ...(isSetting ? ['spam_check.update'] : []),
      ...(isChanged(change, 'whitelist') ? ['allowed_senders.update'] : []),
    ]
  },
}
