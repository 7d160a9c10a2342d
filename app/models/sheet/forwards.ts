import { chunked } from '#models/batches'
import { checkForward } from '#models/mail_address'
import { loopsAmong } from '#models/mailbox/forward_loops'
import { idsOf, replaceListRows, setMailboxColumns } from '#models/mailbox/rows'
import { addressesOfServersAmong } from '#models/mailbox/settings'
import { listsOfContractAmong } from '#models/mailing_list/collisions'
import { addressesColumn, choiceColumn, localPartColumn } from '#models/sheet/column'
import {
  forwardList,
  isChanged,
  listsOf,
  localPartsOf,
  mailboxStates,
  settingKind,
} from '#models/sheet/mailboxes'
import type { Change, Objection, Scope, Sheet } from '#models/sheet/sheet'

/** USR-04: whether a message stays is overwritten, the addresses are replaced. */
export const forwards: Sheet = {
  name: 'forwards',
  columns: [
    localPartColumn('sato'),
    choiceColumn('forward_keeps', [true, false]),
    addressesColumn('forward_list', 'suzuki@example.jp\ntanaka@example.net', checkForward, {
      own: true,
    }),
  ],
  most: 1000,
  features: { forward_keeps: 'forwarding', forward_list: 'forwarding' },

  keys: localPartsOf,

  async present(scope, keys) {
    const states = await mailboxStates(scope, keys)
    const ids = [...states.values()].map(({ id }) => id)
    const lists = await listsOf(forwardList, ids, scope)
    return new Map(
      [...states].map(([key, each]) => [
        key,
        {
          local_part: key,
          forward_keeps: Boolean(Number(each.forward_keeps)),
          forward_list: lists.get(each.id)!,
        },
      ])
    )
  },

  kindOf: settingKind,

  /** MAIL-07: also of two rows that forward to each other. */
  async objections(changes, { domain, client }, actor) {
    const replaced = changes.filter((each) => isChanged(each, 'forward_list'))
    const lists = new Map(
      replaced.map(({ key, after }) => [
        `${key}@${domain.name}`,
        after!.forward_list as readonly string[],
      ])
    )
    const loops = await loopsAmong(lists, { domain, by: actor.by, client })
    const looping = replaced.flatMap((change) => {
      const path = loops.get(`${change.key}@${domain.name}`)
      return path ? [objection(change, 'forward_loops', { path: path.join(' → ') })] : []
    })
    const scope = { domain, client }
    return [...looping, ...(await toLists(replaced, scope)), ...(await toServers(replaced, scope))]
  },

  async write(writes, { domain, client }) {
    const keys = writes.map(({ key }) => key)
    const ids = await idsOf(domain, keys, client)
    const kept = writes.map(({ key, after }) => {
      return [ids.get(key)!, { forward_keeps: after!.forward_keeps as boolean }] as const
    })
    await setMailboxColumns(new Map(kept), client)
    const lists = writes.map(
      ({ key, after }) => [ids.get(key)!, after!.forward_list as readonly string[]] as const
    )
    const rows = { table: 'mailbox_forwards', column: 'address', row: {} } as const
    await replaceListRows(rows, new Map(lists), client)
  },

  actionsOf: () => ['forwards.update'],
}

function objection(change: Change, refusal: string, data: Record<string, string>): Objection {
  return { change, columnKey: 'forward_list', key: `messages.refusals.${refusal}`, data }
}

/** A mailing list is no target; who wants its mail becomes a member. */
function toLists(changes: readonly Change[], { domain, client }: Scope) {
  return toForbidden(changes, 'forwards_to_a_list', (some) =>
    listsOfContractAmong(domain.contractId, some, client)
  )
}

function toServers(changes: readonly Change[], { client }: Scope) {
  return toForbidden(changes, 'forwards_to_a_server', (some) =>
    addressesOfServersAmong(some, client)
  )
}

async function toForbidden(
  changes: readonly Change[],
  refusal: string,
  among: (targets: readonly string[]) => Promise<readonly string[]>
) {
  const targets = (change: Change) => change.after!.forward_list as readonly string[]
  const all = [...new Set(changes.flatMap(targets))]
  const forbidden = new Set<string>()
  for (const some of chunked(all)) {
    const found = await among(some)
    found.forEach((address) => forbidden.add(address))
  }
  return changes.flatMap((change) => {
    const names = targets(change).filter((address) => forbidden.has(address))
    if (names.length === 0) return []
    return [objection(change, refusal, { names: names.slice(0, 5).join('、') })]
  })
}
