import { Day } from '#calendar/day'

/** A month of the calendar in Japan. Immutable; equal months are one text, `2026-11`. */
export class Month {
  readonly first: Day
  readonly last: Day

  private constructor(first: Day) {
    this.first = first
    this.last = first.plus(-1).endOfNextMonth
  }

  /** From `2026-11`; throws a RangeError for what is no month. */
  static of(text: string): Month {
    return new Month(Day.of(`${text}-01`))
  }

  static at(day: Day): Month {
    return Month.of(day.toString().slice(0, 7))
  }

  get days(): number {
    return this.first.until(this.last) + 1
  }

  get next(): Month {
    return new Month(this.last.plus(1))
  }

  get previous(): Month {
    return Month.at(this.first.plus(-1))
  }

  isBefore(other: Month): boolean {
    return this.first.isBefore(other.first)
  }

  has(day: Day): boolean {
    return !day.isBefore(this.first) && !day.isAfter(this.last)
  }

  toString(): string {
    return this.first.toString().slice(0, 7)
  }

  toJSON(): string {
    return this.toString()
  }
}
