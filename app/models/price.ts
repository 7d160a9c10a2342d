import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { PriceSchema } from '#database/schema'
import type { BillingCode } from '#billing/codes'
import { PriceHistory } from '#billing/price_history'
import { Day } from '#calendar/day'
import { Refusal } from '#exceptions/refusals'
import { today } from '#models/day'
import type Staff from '#models/staff'

export interface NewPrice {
  readonly code: BillingCode
  /** `2026-11-24` */
  readonly validFrom: string
  readonly yen: number
  readonly taxPercent: number
}

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

  /** Days that are over keep their price: what they cost may have been told already. */
  static async set(wish: NewPrice, staff: Staff): Promise<Price> {
    const { code, validFrom, yen, taxPercent } = wish
    if (validFrom < today()) throw new Refusal('price_in_the_past', 'valid_from')
    return this.updateOrCreate({ code, validFrom }, { yen, taxPercent, staffId: staff.id })
  }

  get isComing(): boolean {
    return this.validFrom > today()
  }

  /** Of what is to come only. */
  async withdraw() {
    if (!this.isComing) throw new Refusal('price_counts_already')
    await this.delete()
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
