import type { BusinessCalendar, ClosedBecause } from '#calendar/business_calendar'
import { Day } from '#calendar/day'
import { choice, earliest, type Choice, type LeadTime } from '#calendar/lead_time'

/** One day on the way: closed, or an open one with its number. */
export interface CountedDay {
  readonly day: Day
  readonly closed: ClosedBecause | null
  /** 1 is the day of receipt; null where it doesn't count. */
  readonly number: number | null
}

/** Why a date comes out (ORD-01…04): every day between the application and the result, and what it counted for. */
export interface Explanation {
  readonly appliedOn: Day
  /** Applied after the hour from which the next day counts. */
  readonly isLate: boolean
  /** Empty where days aren't counted. */
  readonly days: readonly CountedDay[]
  readonly receivedOn: Day
  readonly earliest: Day
  readonly choice: Choice | null
}

export function explain(lead: LeadTime, calendar: BusinessCalendar, moment: Date): Explanation {
  const appliedOn = Day.at(moment)
  const first = earliest(lead, calendar, moment)
  const bounds = { earliest: first, choice: choice(lead, calendar, moment) }
  if (lead.kind === 'at_once' || lead.kind === 'today_until_end_of_next_month') {
    const isLate = first.isAfter(appliedOn)
    return { appliedOn, isLate, days: [], receivedOn: appliedOn, ...bounds }
  }
  const receivedOn = calendar.receivedOn(moment)
  const isLate = calendar.isOpen(appliedOn) && receivedOn.isAfter(appliedOn)
  const days = counted(calendar, { from: appliedOn, receivedOn, to: first })
  return { appliedOn, isLate, days, receivedOn, ...bounds }
}

function counted(
  calendar: BusinessCalendar,
  { from, receivedOn, to }: { from: Day; receivedOn: Day; to: Day }
): CountedDay[] {
  let number = 0
  return Array.from({ length: from.until(to) + 1 }, (_, ahead) => {
    const day = from.plus(ahead)
    const closed = calendar.closedBecause(day)
    const counts = !closed && !day.isBefore(receivedOn)
    return { day, closed, number: counts ? ++number : null }
  })
}
