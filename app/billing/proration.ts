import type { Day } from '#calendar/day'
import { Month } from '#billing/month'

/** Days from the first to the last one, both counted. */
export interface Span {
  readonly from: Day
  readonly to: Day
}

/**
 * ORD-07, 日割計算: what the days of a span cost of something that costs `yen` in the whole month. The span lies in one
 * month. What the first n days cost is rounded down, and a span costs the difference between its two ends: so the parts
 * of a month add up to the month to the yen, however it is cut, and equal days cost the same whatever came in between.
 */
export function prorated(yen: number, { from, to }: Span): number {
  const month = Month.at(from)
  if (!month.has(to)) throw new RangeError(`no span of one month: ${from} to ${to}`)
  if (to.isBefore(from)) return 0
  const upTo = (day: Day) => share(yen, month.first.until(day) + 1, month.days)
  return upTo(to) - upTo(from.plus(-1))
}

/** Integers all the way, which are exact to 2^53. */
function share(yen: number, part: number, whole: number): number {
  const product = yen * part
  if (!Number.isSafeInteger(product)) throw new RangeError(`no amount in yen: ${yen}`)
  return (product - (((product % whole) + whole) % whole)) / whole
}

/** What two spans have in common, null when that is nothing. `to` null: no end. */
export function overlap(one: { from: Day; to: Day | null }, other: Span): Span | null {
  const from = one.from.isBefore(other.from) ? other.from : one.from
  const to = one.to && one.to.isBefore(other.to) ? one.to : other.to
  return to.isBefore(from) ? null : { from, to }
}
