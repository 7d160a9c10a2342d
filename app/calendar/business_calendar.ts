import holidayJp from '@holiday-jp/holiday_jp'
import { Day } from '#calendar/day'

/** Why the provider is closed. */
export type ClosedBecause =
  | { readonly reason: 'saturday' | 'sunday' | 'year_end' }
  /** `name`: as the law calls it, e.g. 勤労感謝の日 (substitute days are 振替休日). */
  | { readonly reason: 'holiday'; readonly name: string }
  | { readonly reason: 'closing_day'; readonly name: string }

export interface CalendarSettings {
  /** First and last closed day of the turn of the year, `12-29` and `01-03` (ORD-01). */
  readonly yearEnd: { readonly from: string; readonly to: string }
  /** Closed by the provider's own decision: text of the day → what for. */
  readonly closingDays: ReadonlyMap<string, string>
  /** Hour from which an application counts as received on the next business day. */
  readonly closesAtHour: number
}

const holidays: Readonly<Record<string, { readonly name: string } | undefined>> = holidayJp.holidays
const [firstKnown, lastKnown] = ['1970-01-01', '2050-12-31'].map((text) => Day.of(text))

/** Days at which the provider works, in Japan (ORD-01; M 3.1: 土日祝日、年末年始を除く日). */
export class BusinessCalendar {
  readonly #settings: CalendarSettings

  constructor(settings: CalendarSettings) {
    this.#settings = settings
  }

  isOpen(day: Day): boolean {
    return this.closedBecause(day) === null
  }

  /** Null where it is open. Throws a RangeError for years whose holidays nobody knows (before 1970, after 2050). */
  closedBecause(day: Day): ClosedBecause | null {
    if (!isKnownDay(day)) throw new RangeError(`holidays of ${day} are unknown`)
    const holiday = holidays[day.toString()]
    if (holiday) return { reason: 'holiday', name: holiday.name }
    const closing = this.#settings.closingDays.get(day.toString())
    if (closing !== undefined) return { reason: 'closing_day', name: closing }
    if (this.#isYearEnd(day)) return { reason: 'year_end' }
    if (day.weekday === 6) return { reason: 'saturday' }
    return day.weekday === 0 ? { reason: 'sunday' } : null
  }

  /** This day, or the first open one after it. */
  openFrom(day: Day): Day {
    let open = day
    while (!this.isOpen(open)) open = open.plus(1)
    return open
  }

  /** The business day on which a complete application of that moment counts as received. */
  receivedOn(moment: Date): Day {
    const day = Day.at(moment)
    const isLate = Day.timeAt(moment) >= this.#settings.closesAtHour * 3600_000
    return this.openFrom(isLate ? day.plus(1) : day)
  }

  /** The nth business day, counted from the day of receipt, which is the first (M 3.1: 受け付けた営業日からの日数). */
  nth(received: Day, n: number): Day {
    if (!Number.isInteger(n) || n < 1) throw new RangeError(`no number of business days: ${n}`)
    let day = this.openFrom(received)
    for (let counted = 1; counted < n; counted++) day = this.openFrom(day.plus(1))
    return day
  }

  #isYearEnd(day: Day) {
    const { from, to } = this.#settings.yearEnd
    const text = day.monthAndDay
    return from <= to ? text >= from && text <= to : text >= from || text <= to
  }
}

/** Whether anybody can say if it is a business day. */
export function isKnownDay(day: Day): boolean {
  return !day.isBefore(firstKnown) && !day.isAfter(lastKnown)
}
