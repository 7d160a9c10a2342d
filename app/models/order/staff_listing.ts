import db from '@adonisjs/lucid/services/db'
import type { BusinessCalendar } from '#calendar/business_calendar'
import { Day } from '#calendar/day'
import { windowIsOpen } from '#calendar/work_window'
import { containing } from '#models/page'
import {
  momentOf,
  ordersPerPage,
  queuePage,
  type QueueFilter,
  type QueuePlace,
  type QueueRow,
} from '#models/order/queue'
import { isWorkWindow } from '#orders/dates'
import { kinds } from '#orders/index'
import { isOpen, openStates, type OrderState } from '#orders/state'

export interface StaffOrderRow extends QueueRow {
  readonly contract_code: string
  readonly contract_name: string
  /** Work should have begun. */
  readonly isLate: boolean
  /** The customer chose a day on which, by now, nobody is there. */
  readonly isOnClosedDay: boolean
  readonly awaitsAnswer: boolean
}

export interface StaffOrders {
  readonly rows: readonly StaffOrderRow[]
  readonly next: QueuePlace | null
}

export async function staffOrders(
  filter: QueueFilter,
  calendar: BusinessCalendar
): Promise<StaffOrders> {
  const { rows, next } = await queuePage(filter)
  return { rows: await withFacts(rows, calendar), next }
}

/** By number, or by a contract's code or name; the latest first. */
export async function ordersFound(q: string, calendar: BusinessCalendar): Promise<StaffOrders> {
  const query = db
    .from('orders')
    .orderBy('id', 'desc')
    .limit(ordersPerPage * 2)
  if (/^#?\d{1,9}$/.test(q)) query.where('id', Number(q.replace('#', '')))
  else query.whereIn('contract_id', await contractIds(q))
  const rows: QueueRow[] = await query
  return { rows: await withFacts(rows, calendar), next: null }
}

async function contractIds(q: string): Promise<number[]> {
  const text = containing(q)
  const found = db
    .from('contracts')
    .whereRaw("(code like ? escape '!' or name like ? escape '!')", [text, text])
  const rows: { id: number }[] = await found.select('id').orderBy('id').limit(50)
  return rows.map(({ id }) => id)
}

async function withFacts(rows: readonly QueueRow[], calendar: BusinessCalendar) {
  const contracts = await contractsOf(rows)
  const proposed = await proposedAmong(rows)
  return rows.map((row) => {
    const { code, name } = contracts.get(row.contract_id)!
    return {
      ...row,
      ...{ contract_code: code, contract_name: name, awaitsAnswer: proposed.has(row.id) },
      ...marksOf(row, calendar),
    }
  })
}

async function contractsOf(rows: readonly QueueRow[]) {
  const ids = [...new Set(rows.map((row) => row.contract_id))]
  const found: { id: number; code: string; name: string }[] = await db
    .from('contracts')
    .whereIn('id', ids)
    .select('id', 'code', 'name')
  return new Map(found.map((each) => [each.id, each]))
}

async function proposedAmong(rows: readonly QueueRow[]): Promise<Set<number>> {
  const open = rows.filter(({ state }) => isOpen(state)).map(({ id }) => id)
  const found: { order_id: number }[] = await db
    .from('order_proposals')
    .whereIn('order_id', open)
    .whereNull('answer')
    .select('order_id')
  return new Set(found.map((each) => each.order_id))
}

const byStaff = new Set<string>()

function isByStaff(kind: string) {
  if (byStaff.size === 0)
    for (const each of kinds) if (each.work === 'staff') byStaff.add(each.name)
  return byStaff.has(kind)
}

/** Of what is still to be done. */
export function marksOf(
  row: Pick<QueueRow, 'kind' | 'state' | 'due_on' | 'due_at' | 'due_chosen' | 'work_window'>,
  calendar: BusinessCalendar,
  now = Date.now()
) {
  const { kind, state, due_on: dueOn, due_at: dueAt, work_window: window } = row
  if (!isOpen(state) || dueOn === null) return { isLate: false, isOnClosedDay: false }
  const waits = state !== 'working' && state !== 'incomplete' && dueAt !== null
  const isWindowed = window !== null && isWorkWindow(window)
  const day = Day.of(dueOn)
  const isThere = isWindowed ? windowIsOpen(calendar, day, window) : calendar.isOpen(day)
  return {
    isLate: waits && momentOf(dueAt).getTime() < now,
    isOnClosedDay: !isThere && (isWindowed || isByStaff(kind)),
  }
}

/** Beyond this the page says 1000+. */
export const mostCounted = 1000

/** How many of each are to be done; bounded, so that a page never counts a million. */
export async function openCounts(): Promise<Record<OrderState | 'open', number>> {
  const counts: Record<string, number> = {}
  for (const state of openStates) {
    const some = db
      .from('orders')
      .where('state', state)
      .select('id')
      .limit(mostCounted + 1)
    const row = await db.from(some.as('some')).count('* as count').first()
    counts[state] = Number(row.count)
  }
  const open = Object.values(counts).reduce((sum, each) => sum + each, 0)
  return { ...counts, open } as Record<OrderState | 'open', number>
}
