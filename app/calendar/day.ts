/** Japan has had no summer time since 1951: its day begins nine hours before that of UTC, on every machine. */
const tokyoMs = 9 * 3600_000
const dayMs = 86_400_000

/** A day of the calendar in Japan, without a time. Immutable; equal days are one text. */
export class Day {
  /** Days since 1970-01-01. */
  readonly #number: number
  #text: string | undefined

  private constructor(number: number) {
    this.#number = number
  }

  /** From `2026-11-24`; throws a RangeError for what is no day, e.g. `2026-02-30`. */
  static of(text: string): Day {
    const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
    const day = new Day(ms / dayMs)
    if (Number.isNaN(ms) || day.toString() !== text) throw new RangeError(`no day: ${text}`)
    return day
  }

  /** The day that it is in Japan at that moment. */
  static at(moment: Date): Day {
    return new Day(Math.floor((moment.getTime() + tokyoMs) / dayMs))
  }

  /** Milliseconds from midnight to that moment, in Japan. */
  static timeAt(moment: Date): number {
    const ms = (moment.getTime() + tokyoMs) % dayMs
    return ms < 0 ? ms + dayMs : ms
  }

  /** The moment at which it is that hour and minute in Japan on this day; hour 24 is the next midnight. */
  time(hour: number, minute = 0): Date {
    return new Date(this.#number * dayMs - tokyoMs + (hour * 60 + minute) * 60_000)
  }

  plus(days: number): Day {
    return new Day(this.#number + days)
  }

  /** The last day of the next month: where bookings end (M 3.1, 3.2). */
  get endOfNextMonth(): Day {
    const date = this.#date
    return new Day(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 2, 0) / dayMs)
  }

  /** 0 is Sunday. */
  get weekday(): number {
    return this.#date.getUTCDay()
  }

  /** `11-24`, for what comes every year. */
  get monthAndDay(): string {
    return this.toString().slice(5)
  }

  isBefore(other: Day): boolean {
    return this.#number < other.#number
  }

  isAfter(other: Day): boolean {
    return this.#number > other.#number
  }

  /** Days from this one to the other, negative where that is earlier. */
  until(other: Day): number {
    return other.#number - this.#number
  }

  /** `2026-11-24` */
  toString(): string {
    return (this.#text ??= this.#date.toISOString().slice(0, 10))
  }

  toJSON(): string {
    return this.toString()
  }

  get #date() {
    return new Date(this.#number * dayMs)
  }
}
