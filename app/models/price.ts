import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { PriceSchema } from '#database/schema'
import type { BillingCode } from '#billing/codes'
import { PriceHistory } from '#billing/price_history'
import { Day } from '#calendar/day'

/** ORD-07: what something costs from a day on, until the next row of its code. Without tax, for one. */
export default class Price extends PriceSchema {
  declare code: BillingCode

  /** Null for what the price list does not have: it is quoted to each customer (別途お見積り). */
  static async on(
    code: BillingCode,
    day: Day,
    client?: TransactionClientContract
  ): Promise<{ yen: number; taxPercent: number } | null> {
    const history = await this.histories(client)
    return history(code).on(day)
  }

  /** All prices that ever were; there are some hundred at most. */
  static async histories(
    client?: TransactionClientContract
  ): Promise<(code: BillingCode) => PriceHistory> {
    const rows = await this.query({ client })
    const byCode = Map.groupBy(rows, ({ code }) => code)
    const made = new Map([...byCode].map(([code, prices]) => [code, historyOf(prices)]))
    const none = new PriceHistory([])
    return (code) => made.get(code) ?? none
  }
}

function historyOf(prices: readonly Price[]) {
  return new PriceHistory(
    prices.map(({ validFrom, yen, taxPercent }) => ({ from: Day.of(validFrom), yen, taxPercent }))
  )
}
