import type { Day } from '#calendar/day'
import type { BillingCode } from '#billing/codes'
import { periodOf } from '#billing/codes'
import { Month } from '#billing/month'
import type { PriceHistory } from '#billing/price_history'
import { overlap, prorated, type Span } from '#billing/proration'

/** Something that costs money while it lasts. */
export interface Lasting {
  readonly code: BillingCode
  readonly quantity: number
  readonly from: Day
  /** Last day; null while nobody knows it. */
  readonly to: Day | null
}

/** What some days of it cost. */
export interface Charge extends Span {
  readonly unitYen: number
  readonly taxPercent: number
  readonly yen: number
}

/** What a fee costs in a month, a charge per price; null when there is no price for a day of it (ORD-07). */
export function chargesOf(fee: Lasting, month: Month, prices: PriceHistory): Charge[] | null {
  return periodOf(fee.code) === 'year'
    ? yearlyCharges(fee, month, prices)
    : dailyCharges(fee, month, prices)
}

function dailyCharges(fee: Lasting, month: Month, prices: PriceHistory): Charge[] | null {
  const days = overlap(fee, { from: month.first, to: month.last })
  if (!days) return []
  const pieces = prices.cut(days)
  return (
    pieces?.map(({ from, to, yen, taxPercent }) => ({
      ...{ from, to, unitYen: yen, taxPercent },
      yen: prorated(yen * fee.quantity, { from, to }),
    })) ?? null
  )
}

/** The whole year on its first day: names are registered for a year, and nobody gives a part of it back. */
function yearlyCharges(fee: Lasting, month: Month, prices: PriceHistory): Charge[] | null {
  const begins = anniversaryIn(month, fee.from)
  if (!begins || !overlap(fee, { from: begins, to: begins })) return []
  const price = prices.on(begins)
  if (!price) return null
  const to = (anniversaryIn(twelveAfter(month), fee.from) as Day).plus(-1)
  const { yen: unitYen, taxPercent } = price
  return [{ from: begins, to, unitYen, taxPercent, yen: unitYen * fee.quantity }]
}

/** What began on the 29th of February begins anew on the 28th where there is none (民法 143条2項 counts to its eve). */
function anniversaryIn(month: Month, from: Day): Day | null {
  const [of, wanted] = [month.toString(), from.toString()]
  if (of.slice(5) !== wanted.slice(5, 7) || month.last.isBefore(from)) return null
  const day = Math.min(Number(wanted.slice(8)), month.days)
  return month.first.plus(day - 1)
}

function twelveAfter(month: Month): Month {
  const text = month.toString()
  return Month.of(`${Number(text.slice(0, 4)) + 1}${text.slice(4)}`)
}
