import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import { today } from '#models/day'
import Domain from '#models/domain'
import { findLoop, type Stop } from '#models/mailbox/forward_loop'
import { listsOfContractAmong } from '#models/mailing_list/collisions'
import type Mailbox from '#models/mailbox'
import Server from '#models/server'

export interface MailboxChange {
  readonly description?: string | null
  readonly quotaMb?: number
  /** Absent: the password stays. */
  /** By `Mailbox.hashOf`. */
  readonly passwordHash?: string
}

/** MAIL-04, from the strictest on. */
export const spamLevels = ['strict', 'normal', 'loose'] as const
export type SpamLevel = (typeof spamLevels)[number]

export const spamActions = ['tag', 'quarantine', 'delete'] as const
export type SpamAction = (typeof spamActions)[number]

export interface SpamCheck {
  readonly on: boolean
  readonly level: SpamLevel
  readonly action: SpamAction
}

export interface Forwarding {
  readonly to: readonly string[]
  /** Whether a message that is forwarded stays here, too. */
  readonly keep: boolean
}

export interface Vacation {
  readonly on: boolean
  readonly subject: string | null
  readonly text: string | null
  /** First and last day in Japan, `YYYY-MM-DD`; null: open. */
  readonly from: string | null
  readonly until: string | null
}

export type VacationState = 'off' | 'planned' | 'running' | 'over'

/** What an answer for the absent does today. */
export function vacationStateOf(
  { vacation, vacationFrom: from, vacationUntil: until }: Mailbox,
  day = today()
): VacationState {
  if (!vacation) return 'off'
  if (until !== null && until < day) return 'over'
  return from !== null && from > day ? 'planned' : 'running'
}

/** Columns of a mailbox that its settings pages write. */
export type MailboxSettings = Pick<
  Mailbox,
  | 'virusWarning'
  | 'spamCheck'
  | 'spamLevel'
  | 'spamAction'
  | 'userScript'
  | 'vacation'
  | 'vacationSubject'
  | 'vacationText'
  | 'vacationFrom'
  | 'vacationUntil'
  | 'sendingUnlockedAt'
>

/** MAIL-07: a mailing list is no target; who wants its mail becomes a member. */
export async function refuseLists(
  domainId: number,
  targets: readonly string[],
  client: TransactionClientContract
) {
  const { contractId } = await Domain.findOrFail(domainId, { client })
  const lists = await listsOfContractAmong(contractId, targets, client)
  if (lists.length === 0) return
  throw new Refusal('forwards_to_a_list', 'forwards', { names: lists.slice(0, 5).join('、') })
}

/**
 * MAIL-07: addresses at a server's own name. Nobody reads there: they are other names of accounts here (so of himself, perhaps),
 * or rewritten senders, which take reports only.
 */
export async function addressesOfServersAmong(
  targets: readonly string[],
  client: TransactionClientContract
): Promise<string[]> {
  const domainOf = (address: string) => address.slice(address.lastIndexOf('@') + 1)
  const domains = [...new Set(targets.map(domainOf))]
  const found = await Server.query({ client }).whereIn('hostname', domains).select('hostname')
  const hostnames = new Set(found.map(({ hostname }) => hostname))
  return targets.filter((address) => hostnames.has(domainOf(address)))
}

export async function refuseServers(targets: readonly string[], client: TransactionClientContract) {
  const found = await addressesOfServersAmong(targets, client)
  if (found.length === 0) return
  throw new Refusal('forwards_to_a_server', 'forwards', { names: found.slice(0, 5).join('、') })
}

/** MAIL-07: A → B → A, however long the way. */
export async function refuseLoop(
  { id: mailboxId, domainId, localPart }: Mailbox,
  targets: readonly string[],
  { by }: Actor,
  client: TransactionClientContract
) {
  const way = await findLoop({ mailboxId }, targets, client)
  if (!way) return
  /** Where other customers forward their mail is not told to anybody. */
  const isHis = (stop: Stop) =>
    !stop.from ||
    stop.domainId === domainId ||
    (by.isContractor && by.contractId === stop.contractId)
  const names = way.map((stop) => (isHis(stop) ? stop.address : '（別のドメインの転送）'))
  const { name } = await Domain.findOrFail(domainId, { client })
  const path = [`${localPart}@${name}`, ...names].join(' → ')
  throw new Refusal('forward_loops', 'forwards', { path })
}
