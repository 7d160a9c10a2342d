import db from '@adonisjs/lucid/services/db'
import type { DatabaseQueryBuilderContract } from '@adonisjs/lucid/types/querybuilder'
import type { Day } from '#calendar/day'
import { sqlTime } from '#models/task/clock'
import { openStates, orderStates, type OrderState } from '#orders/state'

/** `open`: everything that isn't finished. */
export const queueStates = ['open', ...orderStates] as const
export type QueueState = (typeof queueStates)[number]

/** Behind which row a page begins: its due time, null where it has none, and its id. */
export interface QueuePlace {
  readonly dueAt: string | null
  readonly id: number
}

export interface QueueFilter {
  readonly state: QueueState
  readonly kind: string | null
  /** On which work is due. */
  readonly day: Day | null
  readonly after: QueuePlace | null
}

export interface QueueRow {
  readonly id: number
  readonly contract_id: number
  readonly kind: string
  readonly state: OrderState
  readonly subject: string
  readonly due_on: string | null
  readonly due_at: string | Date | null
  readonly due_chosen: boolean | number
  readonly work_window: string | null
  readonly applied_at: string
  /** What he wrote then is still without an answer. */
  readonly customer_wrote_at: string | Date | null
}

export interface QueuePage {
  readonly rows: readonly QueueRow[]
  /** Where the next page begins; null at the end. */
  readonly next: QueuePlace | null
}

export const ordersPerPage = 20

const shown = [
  ...['id', 'contract_id', 'kind', 'state', 'subject', 'due_on', 'due_at', 'due_chosen'],
  ...['work_window', 'applied_at', 'customer_wrote_at'],
]

/**
 * ORD-06: what is due first comes first; of what is finished the latest. Each state is read along its index, from a
 * place instead of an offset, so that a million orders are as quick as a hundred. What has no day comes last.
 */
export async function queuePage(filter: QueueFilter, limit = ordersPerPage): Promise<QueuePage> {
  const dated = filter.after?.id && filter.after.dueAt === null ? [] : await dueRows(filter, limit)
  const rest = limit + 1 - dated.length
  const undated = rest > 0 && !filter.day ? await undatedRows(filter, rest) : []
  const rows = [...dated, ...undated]
  return { rows: rows.slice(0, limit), next: rows.length > limit ? placeOf(rows[limit - 1]) : null }
}

async function dueRows(filter: QueueFilter, limit: number) {
  const found: QueueRow[] = []
  for (const state of statesOf(filter)) {
    const query = ordersIn(state, filter).whereNotNull('due_at')
    if (filter.after?.dueAt) beyond(query, filter.after as DuePlace, isFinished(filter))
    if (filter.day) onDay(query, filter.day)
    const direction = isFinished(filter) ? 'desc' : 'asc'
    query.orderBy('due_at', direction).orderBy('id', direction)
    found.push(...(await query.limit(limit + 1)))
  }
  const sign = isFinished(filter) ? -1 : 1
  return found.sort((one, other) => sign * compare(one, other)).slice(0, limit + 1)
}

async function undatedRows(filter: QueueFilter, limit: number) {
  const found: QueueRow[] = []
  for (const state of statesOf(filter)) {
    const query = ordersIn(state, filter).whereNull('due_at').orderBy('id').limit(limit)
    if (filter.after && filter.after.dueAt === null) query.where('id', '>', filter.after.id)
    found.push(...(await query))
  }
  return found.sort((one, other) => one.id - other.id).slice(0, limit)
}

type DuePlace = QueuePlace & { readonly dueAt: string }

function beyond(query: DatabaseQueryBuilderContract, { dueAt, id }: DuePlace, isDown: boolean) {
  query.where('due_at', isDown ? '<=' : '>=', dueAt)
  query.where((later) => {
    later.whereNot('due_at', dueAt).orWhere('id', isDown ? '<' : '>', id)
  })
}

/** What ends at midnight is due at the first moment of the next day. */
function onDay(query: DatabaseQueryBuilderContract, day: Day) {
  query.whereBetween('due_at', [secondOf(day.time(0)), secondOf(day.time(24))])
  query.where('due_on', day.toString())
}

function ordersIn(state: OrderState, { kind }: QueueFilter) {
  const query = db.from('orders').where('state', state).select(shown)
  return kind === null ? query : query.where('kind', kind)
}

function statesOf({ state }: QueueFilter): readonly OrderState[] {
  return state === 'open' ? openStates : [state]
}

function isFinished({ state }: QueueFilter) {
  return state === 'done' || state === 'withdrawn' || state === 'rejected'
}

function compare(one: QueueRow, other: QueueRow) {
  return timeOf(one) - timeOf(other) || one.id - other.id
}

function timeOf({ due_at: dueAt }: QueueRow) {
  return dueAt === null ? 0 : momentOf(dueAt).getTime()
}

/** SQLite answers text, MariaDB dates; both of UTC. */
export function momentOf(value: string | Date): Date {
  return value instanceof Date ? value : new Date(`${value.replace(' ', 'T')}Z`)
}

function placeOf({ due_at: dueAt, id }: QueueRow): QueuePlace {
  return { dueAt: dueAt === null ? null : secondOf(momentOf(dueAt)), id }
}

/** As `due_at` is stored: without milliseconds, or SQLite would find the text to be another. */
export function secondOf(moment: Date): string {
  return sqlTime(moment).slice(0, 19)
}
