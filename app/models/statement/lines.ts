import { chargesOf } from '#billing/charges'
import type { BillingCode } from '#billing/codes'
import type { Month } from '#billing/month'
import { PriceHistory } from '#billing/price_history'
import { Day } from '#calendar/day'
import { standardTaxPercent } from '#config/billing'

/** Columns of `fees` that make its lines. */
export interface FeeRow {
  readonly id: number
  readonly contract_id: number
  readonly code: BillingCode
  readonly quantity: number
  readonly unit_yen: number | null
  readonly subject: string | null
  readonly from_on: string
  readonly until_on: string | null
}

export interface OneTimeFeeRow {
  readonly id: number
  readonly contract_id: number
  readonly code: BillingCode
  readonly quantity: number
  readonly unit_yen: number | null
  readonly tax_percent: number
  readonly subject: string | null
  readonly charged_on: string
}

/** A row of `statement_lines` that has no statement yet. */
export interface Line {
  readonly fee_id: number | null
  readonly code: BillingCode
  readonly subject: string | null
  readonly quantity: number
  readonly unit_yen: number
  readonly from_on: string
  readonly until_on: string
  readonly is_correction: boolean
  readonly tax_percent: number
  readonly yen: number
}

export type Histories = (code: BillingCode) => PriceHistory

/** What a fee costs in a month; null when one of its days has no price. */
export function linesOfFee(fee: FeeRow, month: Month, prices: Histories): Line[] | null {
  const charges = chargesOf(
    { code: fee.code, quantity: fee.quantity, ...daysOf(fee) },
    month,
    pricesOf(fee, prices)
  )
  return (
    charges &&
    charges.map(({ from, to, unitYen, taxPercent, yen }) => ({
      ...whatOf(fee),
      unit_yen: unitYen,
      from_on: from.toString(),
      until_on: to.toString(),
      is_correction: false,
      tax_percent: taxPercent,
      yen,
    }))
  )
}

/** Null while it is still to be quoted. */
export function lineOfOneTimeFee(fee: OneTimeFeeRow): Line | null {
  const { code, subject, quantity, unit_yen: unitYen, charged_on: day } = fee
  if (unitYen === null) return null
  const what = { fee_id: null, code, subject, quantity, unit_yen: unitYen }
  const days = { from_on: day, until_on: day, is_correction: false }
  return { ...what, ...days, tax_percent: fee.tax_percent, yen: unitYen * quantity }
}

/** Per rate, what a closed month's days cost by now without what was said of them. Null as above. */
export function correctionsOf(
  fee: FeeRow,
  month: Month,
  prices: Histories,
  said: readonly { readonly tax_percent: number; readonly yen: number }[]
): Line[] | null {
  const due = linesOfFee(fee, month, prices)
  if (!due) return null
  const differences = new Map<number, number>()
  const add = (percent: number, yen: number) =>
    differences.set(percent, (differences.get(percent) ?? 0) + yen)
  for (const line of due) add(line.tax_percent, line.yen)
  for (const line of said) add(line.tax_percent, -line.yen)
  return [...differences]
    .filter(([, yen]) => yen !== 0)
    .map(([percent, yen]) => ({
      ...whatOf(fee),
      ...{ unit_yen: 0, from_on: month.first.toString(), until_on: month.last.toString() },
      ...{ is_correction: true, tax_percent: percent, yen },
    }))
}

function whatOf({ id, code, subject, quantity }: FeeRow) {
  return { fee_id: id, code, subject, quantity }
}

export function daysOf({ from_on, until_on }: FeeRow) {
  return { from: Day.of(from_on), to: until_on === null ? null : Day.of(until_on) }
}

function pricesOf(fee: FeeRow, prices: Histories): PriceHistory {
  if (fee.unit_yen === null) return prices(fee.code)
  const from = Day.of(fee.from_on)
  return new PriceHistory([{ from, yen: fee.unit_yen, taxPercent: standardTaxPercent }])
}
