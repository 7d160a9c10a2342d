import type { BusinessCalendar, ClosedBecause } from '#calendar/business_calendar'
import type { Day } from '#calendar/day'
import type { Month } from '#calendar/month'

export interface ShownDay {
  readonly day: Day
  /** Of the month: 1 … 31. */
  readonly number: number
  readonly closed: ClosedBecause | null
}

export interface ClosedMonth extends Omit<Month, 'weeks'> {
  readonly weeks: readonly (readonly (ShownDay | null)[])[]
}

/** A month with what its days are. */
export function closedMonth(month: Month, calendar: BusinessCalendar): ClosedMonth {
  const shown = (day: Day | null) =>
    day && { day, number: Number(day.toString().slice(8)), closed: calendar.closedBecause(day) }
  return { ...month, weeks: month.weeks.map((week) => week.map(shown)) }
}
