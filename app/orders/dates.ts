import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { Day } from '#calendar/day'
import { choice, earliest, refusal } from '#calendar/lead_time'
import { windowBounds, windowIsOpen, workWindows, type WorkWindow } from '#calendar/work_window'
import { Refusal } from '#exceptions/refusals'
import type Order from '#models/order'
import type { OrderKind, Wish } from '#orders/kind'
import { typedDay, wishOf } from '#orders/wish'
import { dayText } from '#orders/words'

/** Hour (Japan) from which staff works on what has a day only. */
const opensAtHour = 10

export interface Dates {
  readonly receivedOn: Day
  readonly dueOn: Day
  readonly isChosen: boolean
  readonly dueAt: Date
}

/** When it counts as received and when it is done; refuses what may not be chosen (ORD-03, ORD-04). */
export async function datesOf(kind: OrderKind, wish: Wish, isFreeDay = false): Promise<Dates> {
  const lead = kind.lead(wish.details)
  const receivedOn = countsFrom(kind, wish)
  const followed = await kind.follows?.(wish)
  if (followed && !isFreeDay) {
    const dueAt = dueAtOf(kind, wish, followed)
    return { receivedOn, dueOn: followed, isChosen: false, dueAt }
  }
  if (!choice(lead, wish.calendar, wish.moment) && !isFreeDay) {
    const dueOn = earliest(lead, wish.calendar, wish.moment)
    return { receivedOn, dueOn, isChosen: false, dueAt: dueAtOf(kind, wish, dueOn) }
  }
  const dueOn = isFreeDay ? freeDay(wish) : chosenDay(kind, wish)
  refuseWindow(kind, wish, dueOn)
  const dueAt = dueAtOf(kind, wish, dueOn)
  if (wish.window !== null && dueAt < wish.moment)
    throw new Refusal('order_window_is_over', 'work_window')
  return { receivedOn, dueOn, isChosen: true, dueAt }
}

/** Machines don't keep hours. */
function countsFrom(kind: OrderKind, { details, calendar, moment }: Wish): Day {
  const lead = kind.lead(details)
  const isAnyDay = lead.kind === 'at_once' || lead.kind === 'today_until_end_of_next_month'
  return isAnyDay ? Day.at(moment) : calendar.receivedOn(moment)
}

function chosenDay(kind: OrderKind, { details, calendar, moment, dueOn }: Wish): Day {
  const lead = kind.lead(details)
  if (!dueOn) throw new Refusal('order_day_missing', 'due_on')
  const why = refusal(lead, calendar, moment, dueOn)
  if (why === 'closed') throw new Refusal('order_day_closed', 'due_on')
  const { first, last } = choice(lead, calendar, moment)!
  if (why === 'too_early')
    throw new Refusal('order_day_too_early', 'due_on', { first: dayText(first.toString()) })
  if (why === 'too_late')
    throw new Refusal('order_day_too_late', 'due_on', { last: dayText(last!.toString()) })
  return dueOn
}

/** ORD-05: by staff, who has agreed on it with the customer. */
function freeDay({ dueOn, moment }: Wish): Day {
  if (!dueOn) throw new Refusal('order_day_missing', 'due_on')
  if (dueOn.isBefore(Day.at(moment))) throw new Refusal('order_day_is_over', 'due_on')
  return dueOn
}

/** Staff may propose any day on which somebody is there; nights, too. */
export async function refuseProposed(
  order: Order,
  { dueOn, window }: { readonly dueOn: string; readonly window: string | null },
  client: TransactionClientContract,
  moment = new Date()
) {
  const again = await wishAgain(order, client, moment)
  const wish: Wish = { ...again, dueOn: typedDay(dueOn), window, role: 'staff' }
  if (wish.dueOn!.isBefore(Day.at(moment))) throw new Refusal('order_day_is_over', 'due_on')
  refuseWindow(order.rules, wish, wish.dueOn!)
  if (order.rules.work === 'staff' && window === null && !wish.calendar.isOpen(wish.dueOn!))
    throw new Refusal('order_day_closed', 'due_on')
  if (window !== null && dueAtOf(order.rules, wish, wish.dueOn!) < moment)
    throw new Refusal('order_window_is_over', 'work_window')
}

function refuseWindow(kind: OrderKind, wish: Wish, day: Day) {
  const offered = windowsOf(kind, wish)
  if (offered.length === 0) {
    if (wish.window !== null) throw new Refusal('order_window_unknown', 'work_window')
    return
  }
  if (wish.window === null) throw new Refusal('order_window_missing', 'work_window')
  if (!offered.includes(wish.window)) throw new Refusal('order_window_unknown', 'work_window')
  if (!isOpenIn(wish.window, day, kind, wish))
    throw new Refusal('order_window_closed', 'work_window')
}

export function windowsOf(kind: OrderKind, { details, role }: Pick<Wish, 'details' | 'role'>) {
  return kind.windows?.(details, role) ?? []
}

/** Fixed hours that a machine keeps are open on every day that may be chosen. */
export function isOpenIn(window: string, day: Day, kind: OrderKind, { calendar }: Wish): boolean {
  if (isWorkWindow(window)) return windowIsOpen(calendar, day, window)
  return kind.work === 'machine' || calendar.isOpen(day)
}

function dueAtOf(kind: OrderKind, wish: Wish, day: Day): Date {
  if (kind.dueAt) return kind.dueAt(day, wish)
  if (wish.window !== null) return beginOf(day, wish.window)
  if (kind.lead(wish.details).kind === 'at_once') return wish.moment
  return day.time(kind.work === 'machine' ? 0 : opensAtHour)
}

/** `10-12` and `10:00` both begin at ten. */
export function beginOf(day: Day, window: string): Date {
  if (isWorkWindow(window)) return windowBounds(day, window).from
  const [hour, minute] = window.split(':').map(Number)
  return day.time(hour, minute)
}

export function isWorkWindow(text: string): text is WorkWindow {
  return Object.hasOwn(workWindows, text)
}

/** When an application that lacked something counts as received, now that it is whole. */
export async function receivedAgain(
  order: Order,
  client: TransactionClientContract,
  moment = new Date()
) {
  const { rules } = order
  const wish = await wishAgain(order, client, moment)
  const followed = await followedDay(rules, wish)
  const first = followed ?? earliest(rules.lead(wish.details), wish.calendar, moment)
  const isTooEarly = wish.dueOn === null || wish.dueOn.isBefore(first)
  const dueOn = isTooEarly ? first : wish.dueOn!
  return {
    receivedOn: countsFrom(rules, wish).toString(),
    dueOn: dueOn.toString(),
    dueAt: DateTime.fromJSDate(dueAtOf(rules, wish, dueOn)),
  }
}

/** The day of what it is done with; null where there is nothing of that kind any more: its day stays. */
export async function followedDay(kind: OrderKind, wish: Wish): Promise<Day | null> {
  try {
    return (await kind.follows?.(wish)) ?? null
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

/** When work may begin on its day, which was just changed. */
export async function dueAtOfOrder(order: Order, client: TransactionClientContract) {
  const wish = await wishAgain(order, client, new Date())
  return dueAtOf(order.rules, wish, Day.of(order.dueOn!))
}

/** As it was asked for, of what it is about now. */
export function wishAgain(order: Order, client: TransactionClientContract, moment: Date) {
  const { ids, facts: details, dueOn, workWindow: window } = order
  const role = order.staffId === null ? 'contractor' : 'staff'
  return wishOf(order.rules, { ...ids, details, dueOn, window }, role, client, moment)
}
