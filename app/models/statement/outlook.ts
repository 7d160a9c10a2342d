import db from '@adonisjs/lucid/services/db'
import type { BillingCode } from '#billing/codes'
import { Month } from '#billing/month'
import { taxPerRate, totalOf, type RateTotal } from '#billing/tax'
import { Day } from '#calendar/day'
import Price from '#models/price'
import {
  lineOfOneTimeFee,
  linesOfFee,
  type FeeRow,
  type Line,
  type OneTimeFeeRow,
} from '#models/statement/lines'

/** What the month that goes on will cost if nothing changes any more. */
export interface Outlook {
  readonly month: Month
  readonly lines: readonly Line[]
  readonly rates: readonly RateTotal[]
  readonly total: number
  /** Codes that are still to be quoted, and count nothing. */
  readonly unpriced: readonly BillingCode[]
}

/** PNL-13: by what is booked now, ends included. */
export async function outlookOf(contractId: number, now = new Date()): Promise<Outlook> {
  const month = Month.at(Day.at(now))
  const prices = await Price.histories()
  const [fees, oneTimeFees] = await Promise.all([
    feesIn(contractId, month),
    oneTimeFeesUntil(contractId, month),
  ])
  const made = [
    ...fees.map((fee) => [fee.code, linesOfFee(fee, month, prices)] as const),
    ...oneTimeFees.map((fee) => {
      const line = lineOfOneTimeFee(fee)
      return [fee.code, line && [line]] as const
    }),
  ]
  const lines = made.flatMap(([, some]) => some ?? [])
  const rates = taxPerRate(lines.map(({ yen, tax_percent }) => ({ yen, taxPercent: tax_percent })))
  const unpriced = made.filter(([, some]) => some === null).map(([code]) => code)
  return { month, lines, rates, total: totalOf(rates).total, unpriced: [...new Set(unpriced)] }
}

function feesIn(contractId: number, month: Month): Promise<FeeRow[]> {
  return db
    .from('fees')
    .where('contract_id', contractId)
    .where('from_on', '<=', month.last.toString())
    .whereRaw('(until_on is null or until_on >= ?)', [month.first.toString()])
    .orderBy('id')
}

function oneTimeFeesUntil(contractId: number, month: Month): Promise<OneTimeFeeRow[]> {
  return db
    .from('one_time_fees')
    .where('contract_id', contractId)
    .whereNull('statement_id')
    .where('charged_on', '<=', month.last.toString())
    .orderBy('id')
}
