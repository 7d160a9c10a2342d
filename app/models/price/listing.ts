import { billingCodes, periodOf, type BillingCode, type Period } from '#billing/codes'
import { today } from '#models/day'
import Price from '#models/price'

/** One thing of the price list, as staff sees it. */
export interface PriceListRow {
  readonly code: BillingCode
  readonly period: Period
  readonly now: Price | null
  /** Later prices, the next first. */
  readonly coming: readonly Price[]
}

export async function priceList(): Promise<PriceListRow[]> {
  const prices = await Price.query().orderBy('validFrom')
  const byCode = Map.groupBy(prices, ({ code }) => code)
  const day = today()
  return (Object.keys(billingCodes) as BillingCode[]).map((code) => {
    const own = byCode.get(code) ?? []
    const now = own.findLast(({ validFrom }) => validFrom <= day) ?? null
    const coming = own.filter(({ validFrom }) => validFrom > day)
    return { code, period: periodOf(code), now, coming }
  })
}
