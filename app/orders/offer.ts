import type { BusinessCalendar, ClosedBecause } from '#calendar/business_calendar'
import { Day } from '#calendar/day'
import { choice, earliest, refusal, type LeadTime } from '#calendar/lead_time'
import { windowsOf } from '#orders/dates'
import type { OrderKind, Wish } from '#orders/kind'
import { said, windowText } from '#orders/words'

/** Where a choice has no end, so many months of it are shown. */
const monthsShown = 3

export interface OfferedDay {
  /** `2026-11-24` */
  readonly day: string
  readonly number: number
  readonly isOpen: boolean
  /** Why it can't be chosen, in a word. */
  readonly why: string | null
}

export interface OfferedMonth {
  /** `2026年11月` */
  readonly name: string
  /** Sunday first; null beside the month. */
  readonly weeks: readonly (readonly (OfferedDay | null)[])[]
}

/** The days that may be chosen for an order, or the one that is expected. */
export interface Offer {
  readonly isChosen: boolean
  readonly lead: LeadTime
  /** First that may be chosen, or expected. */
  readonly first: string
  readonly last: string | null
  readonly months: readonly OfferedMonth[]
  readonly windows: readonly { readonly value: string; readonly text: string }[]
}

type Asked = Pick<Wish, 'details' | 'role' | 'calendar' | 'moment'>

/** ORD-03, ORD-04: exactly what `datesOf` takes, and why it doesn't take the rest. */
export function offerOf(kind: OrderKind, asked: Asked): Offer {
  const { calendar, moment, details } = asked
  const lead = kind.lead(details)
  const chosen = choice(lead, calendar, moment)
  if (!chosen) {
    const first = earliest(lead, calendar, moment).toString()
    return { isChosen: false, lead, first, last: null, months: [], windows: [] }
  }
  const [first, last] = [chosen.first.toString(), chosen.last?.toString() ?? null]
  const months = monthsOf(lead, asked, chosen.first, chosen.last)
  const windows = windowsOf(kind, asked).map((value) => ({ value, text: windowText(value) }))
  return { isChosen: true, lead, first, last, months, windows }
}

function monthsOf(lead: LeadTime, asked: Asked, first: Day, last: Day | null): OfferedMonth[] {
  const { calendar, moment } = asked
  const begin = Day.of(`${Day.at(moment).toString().slice(0, 7)}-01`)
  const months: OfferedMonth[] = []
  let month = begin
  while (last ? !month.isAfter(last) : months.length < monthsShown) {
    const days = daysOf(month).map((day) => offered(day, lead, { calendar, moment, first }))
    months.push({ name: nameOf(month), weeks: weeksOf(month, days) })
    month = nextMonth(month)
  }
  return months.slice(monthsBetween(begin, first))
}

function offered(
  day: Day,
  lead: LeadTime,
  { calendar, moment, first }: { calendar: BusinessCalendar; moment: Date; first: Day }
): OfferedDay {
  const why = refusal(lead, calendar, moment, day)
  const facts = { day: day.toString(), number: Number(day.toString().slice(8)) }
  if (!why) return { ...facts, isOpen: true, why: null }
  return { ...facts, isOpen: false, why: whyNot(why, day.isBefore(first), calendar, day) }
}

function whyNot(why: string, isPast: boolean, calendar: BusinessCalendar, day: Day) {
  if (why !== 'closed') return isPast ? null : (said(`messages.orders.days.${why}`) ?? null)
  return closedText(calendar.closedBecause(day)!)
}

/** 勤労感謝の日, 土曜日, 年末年始, or the provider's own name of it. */
export function closedText(because: ClosedBecause): string {
  if ('name' in because) return because.name
  return said(`messages.orders.days.${because.reason}`) ?? ''
}

function daysOf(month: Day): Day[] {
  const days: Day[] = []
  for (let day = month; day.toString().slice(0, 7) === month.toString().slice(0, 7);)
    days.push(day) && (day = day.plus(1))
  return days
}

function weeksOf(month: Day, days: readonly OfferedDay[]) {
  const cells: (OfferedDay | null)[] = [...Array<null>(month.weekday).fill(null), ...days]
  while (cells.length % 7 !== 0) cells.push(null)
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7))
}

function nextMonth(month: Day): Day {
  return Day.of(`${month.plus(31).toString().slice(0, 7)}-01`)
}

function monthsBetween(from: Day, to: Day): number {
  const number = (day: Day) =>
    Number(day.toString().slice(0, 4)) * 12 + Number(day.monthAndDay.slice(0, 2))
  return number(to) - number(from)
}

function nameOf(month: Day) {
  const [year, number] = month.toString().split('-').map(Number)
  return `${year}年${number}月`
}
