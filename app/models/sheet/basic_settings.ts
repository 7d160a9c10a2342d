import { idsOf, setMailboxColumns, setPasswordHashes } from '#models/mailbox/rows'
import {
  localPartColumn,
  passwordColumn,
  quotaColumn,
  switchColumn,
  textColumn,
} from '#models/sheet/column'
import {
  changedKeys,
  isChanged,
  localPartsOf,
  mailboxStates,
  settingKind,
} from '#models/sheet/mailboxes'
import type { Change, Sheet } from '#models/sheet/sheet'

/** Whom the log calls what: as the pages of one user do. */
const actions = {
  description: 'mailbox.update',
  quota_mb: 'mailbox.update',
  ftp_right: 'ftp_right.update',
  virus_warning: 'virus_warning.update',
  user_script: 'user_script.update',
} as const

/** USR-02. An empty password leaves it as it is; everything else is overwritten. */
export const basicSettings: Sheet = {
  name: 'basic_settings',
  columns: [
    localPartColumn('sato'),
    passwordColumn(''),
    textColumn('description', '佐藤 一郎（営業部）'),
    quotaColumn('1024'),
    switchColumn('ftp_right'),
    switchColumn('virus_warning'),
    switchColumn('user_script'),
  ],
  most: 1000,
  features: {
    password: 'password',
    description: 'description',
    virus_warning: 'virus_warning',
    user_script: 'user_script',
  },

  keys: localPartsOf,

  async present(scope, keys) {
    const states = await mailboxStates(scope, keys)
    return new Map(
      [...states].map(([key, each]) => [
        key,
        {
          local_part: key,
          description: each.description,
          quota_mb: each.quota_mb,
          ftp_right: Boolean(Number(each.ftp_right)),
          virus_warning: Boolean(Number(each.virus_warning)),
          user_script: Boolean(Number(each.user_script)),
        },
      ])
    )
  },

  kindOf: settingKind,

  /** WEB-05. */
  async objections(changes) {
    const takesRight = (each: Change) => each.key === 'admin' && isChanged(each, 'ftp_right')
    const key = 'messages.refusals.admin_keeps_ftp_right'
    return changes.filter(takesRight).map((change) => ({ change, columnKey: 'ftp_right', key }))
  },

  async write(writes, { domain, client }) {
    const keys = writes.map(({ key }) => key)
    const ids = await idsOf(domain, keys, client)
    const changed = writes.map((each) => [ids.get(each.key)!, differing(each)] as const)
    await setMailboxColumns(new Map(changed), client)
    const hashes = writes.flatMap(({ key, passwordHash }) =>
      passwordHash ? [[ids.get(key)!, passwordHash] as const] : []
    )
    await setPasswordHashes(new Map(hashes), client)
  },

  actionsOf(change) {
    const keys = Object.keys(actions) as (keyof typeof actions)[]
    const found = keys.filter((key) => isChanged(change, key)).map((key) => actions[key])
    return [...new Set([...(change.setsPassword ? ['mailbox.update'] : []), ...found])]
  },
}

function differing({ before, after }: Change) {
  const keys = changedKeys(before!, after!)
  return Object.fromEntries(
    keys.map((key) => [key, after![key] as string | number | boolean | null])
  )
}
