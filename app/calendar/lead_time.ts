import type { BusinessCalendar } from '#calendar/business_calendar'
import { Day } from '#calendar/day'

/** How long something takes, as M 3.1 and 3.2 say it. Numbers are business days, the day of receipt the first. */
export type LeadTime =
  /** 即時, 概ね30分以内, 概ね1時間以内: as soon as a machine gets to it. */
  | { readonly kind: 'at_once' }
  /** N 営業日(程度): expected on the Nth; nobody chooses. */
  | { readonly kind: 'days'; readonly days: number }
  /** N 営業日以降の指定日: a business day from the Nth on. */
  | { readonly kind: 'from'; readonly days: number }
  /** N 営業日～翌月末までの指定日: a business day. */
  | { readonly kind: 'until_end_of_next_month'; readonly days: number }
  /** 即日～翌月末までの指定日 (当日解約受付は17時まで): any day. */
  | { readonly kind: 'today_until_end_of_next_month'; readonly untilHour: number }

/** First and last day that may be chosen; no last one where there is no end. Null where nothing may be chosen. */
export interface Choice {
  readonly first: Day
  readonly last: Day | null
}

/** Why a day can't be chosen. */
export type Refusal = 'too_early' | 'too_late' | 'closed'

/** The day on which it is done or, where it may be chosen, can be at the earliest. */
export function earliest(lead: LeadTime, calendar: BusinessCalendar, moment: Date): Day {
  const today = Day.at(moment)
  if (lead.kind === 'at_once') return today
  if (lead.kind === 'today_until_end_of_next_month')
    return Day.timeAt(moment) < lead.untilHour * 3600_000 ? today : today.plus(1)
  return calendar.nth(calendar.receivedOn(moment), lead.days)
}

/**
 * Days that may be chosen. The end is that of the month after the one in which it is asked, except where nothing would be
 * left: then that of the month after the first day.
 */
export function choice(lead: LeadTime, calendar: BusinessCalendar, moment: Date): Choice | null {
  if (lead.kind === 'at_once' || lead.kind === 'days') return null
  const first = earliest(lead, calendar, moment)
  if (lead.kind === 'from') return { first, last: null }
  const last = Day.at(moment).endOfNextMonth
  return { first, last: first.isAfter(last) ? first.endOfNextMonth : last }
}

/** Null where the day may be chosen. */
export function refusal(
  lead: LeadTime,
  calendar: BusinessCalendar,
  moment: Date,
  wish: Day
): Refusal | null {
  const days = choice(lead, calendar, moment)
  if (!days || wish.isBefore(days.first)) return 'too_early'
  if (days.last && wish.isAfter(days.last)) return 'too_late'
  if (lead.kind === 'today_until_end_of_next_month') return null
  return calendar.isOpen(wish) ? null : 'closed'
}
