import { Refusal } from '#exceptions/refusals'
import { chunked } from '#models/batches'
import { checkForward } from '#models/mail_address'
import MailingList from '#models/mailing_list'
import { listsAmong, refuseTakenListName } from '#models/mailing_list/collisions'
import { listNamesOf } from '#models/mailing_list/name'
import {
  longestPrefix,
  moderations,
  mostModerators,
  postings,
  replyTargets,
  type ListSettings,
} from '#models/mailing_list/settings'
import {
  addressesColumn,
  choiceColumn,
  listNameColumn,
  switchColumn,
  textColumn,
} from '#models/sheet/column'
import { changedKeys } from '#models/sheet/mailboxes'
import type { Change, Objection, Scope, Sheet, Values } from '#models/sheet/sheet'

/** USR-07. */
export const mostLists = 200

/** USR-07: lists that are not there are made, those that are there are changed. */
export const mailingLists: Sheet = {
  name: 'mailing_lists',
  columns: [
    listNameColumn('news'),
    textColumn('description', 'お知らせ'),
    choiceColumn('posting', [...postings]),
    choiceColumn('moderation', [...moderations]),
    addressesColumn('moderators', 'suzuki@example.jp', checkForward, { most: mostModerators }),
    textColumn('subject_prefix', '[news]', longestPrefix),
    switchColumn('auto_subscription'),
    switchColumn('archive'),
    choiceColumn('reply_to', [...replyTargets]),
  ],
  most: mostLists,
  features: {},

  async keys({ domain, client }) {
    const rows = await client
      .from('mailing_lists')
      .where('domain_id', domain.id)
      .select('local_part')
    return rows.map((row) => row.local_part as string).sort()
  },

  async present(scope, keys) {
    const lists = await listsNamed(keys, scope)
    const moderators = await moderatorsOf([...lists.values()], scope)
    return new Map(
      [...lists].map(([key, list]) => [
        key,
        {
          list_name: key,
          description: list.description,
          posting: list.posting,
          moderation: list.moderation,
          moderators: moderators.get(list.id)!,
          subject_prefix: list.subjectPrefix,
          auto_subscription: list.autoSubscription,
          archive: list.archive,
          reply_to: list.replyTo,
        },
      ])
    )
  },

  kindOf(row, before) {
    if (!before) return 'added'
    return changedKeys(before, row.values).length > 0 ? 'changed' : null
  },

  async objections(changes, scope) {
    return [...(await taken(changes, scope)), ...(await listsAsModerators(changes, scope))]
  },

  async write(writes, { domain, client }) {
    const present = await listsNamed(
      writes.map(({ key }) => key),
      { domain, client }
    )
    for (const { key, after } of writes) {
      const wish = wishOf(after!)
      const list = present.get(key)
      if (list) await list.editRows(domain, wish, client)
      else await MailingList.addRows(domain, { localPart: key, ...wish }, client)
    }
  },

  actionsOf: ({ kind }) => [kind === 'added' ? 'mailing_list.store' : 'mailing_list.update'],
}

export async function listsNamed(names: readonly string[], { domain, client }: Scope) {
  const lists = new Map<string, MailingList>()
  for (const some of chunked(names)) {
    const found = await MailingList.query({ client })
      .where('domain_id', domain.id)
      .whereIn('local_part', some)
    for (const list of found) lists.set(list.localPart, list)
  }
  return lists
}

async function moderatorsOf(lists: readonly MailingList[], { client }: Scope) {
  const found = new Map<number, string[]>(lists.map(({ id }) => [id, []]))
  for (const ids of chunked([...found.keys()])) {
    const rows = await client
      .from('mailing_list_moderators')
      .whereIn('mailing_list_id', ids)
      .select('mailing_list_id', 'address')
    for (const row of rows) found.get(row.mailing_list_id)!.push(row.address)
  }
  for (const addresses of found.values()) addresses.sort()
  return found
}

function wishOf(after: Values): ListSettings & { readonly moderators: readonly string[] } {
  return {
    description: after.description as string | null,
    posting: after.posting as ListSettings['posting'],
    moderation: after.moderation as ListSettings['moderation'],
    moderators: after.moderators as readonly string[],
    subjectPrefix: after.subject_prefix as string | null,
    autoSubscription: after.auto_subscription as boolean,
    archive: after.archive as boolean,
    replyTo: after.reply_to as ListSettings['replyTo'],
  }
}

/** MAIL-06, MAIL-07: what a new list's name may not be. */
async function taken(changes: readonly Change[], { domain, client }: Scope) {
  const objections: Objection[] = []
  for (const change of changes.filter(({ kind }) => kind === 'added')) {
    try {
      await refuseTakenListName(domain, change.key, client)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      objections.push({ change, key: `messages.refusals.${error.key}`, data: error.data })
    }
  }
  return objections
}

/** Lists of the domain, those that the same file adds, too. */
async function listsAsModerators(changes: readonly Change[], { domain, client }: Scope) {
  const end = `@${domain.name}`
  const added = new Set(changes.filter(({ kind }) => kind === 'added').map(({ key }) => key))
  const moderators = (change: Change) => (change.after!.moderators ?? []) as readonly string[]
  const present = new Set(await listsAmong(domain, changes.flatMap(moderators), client))
  const isList = (address: string) =>
    present.has(address) ||
    (address.endsWith(end) &&
      listNamesOf(address.slice(0, -end.length)).some((name) => added.has(name)))
  return changes.flatMap((change): Objection[] => {
    const names = moderators(change).filter(isList).slice(0, 5)
    if (names.length === 0) return []
    const data = { names: names.join('、') }
    const key = 'messages.refusals.lists_are_no_members'
    return [{ change, columnKey: 'moderators', key, data }]
  })
}
