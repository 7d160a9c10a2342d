import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { OneTimeFeeSchema } from '#database/schema'
import { standardTaxPercent } from '#config/billing'
import type { BillingCode } from '#billing/codes'
import type { Day } from '#calendar/day'
import Price from '#models/price'

export interface NewOneTimeFee {
  readonly contractId: number
  readonly code: BillingCode
  readonly quantity?: number
  /** What was shown or agreed, for one, without tax; else the price of that day. */
  readonly unitYen?: number
  readonly subject?: string
  readonly orderId?: number | null
  readonly on: Day
}

/** ORD-07: money that is paid once, with the statement of its month or, where that is closed, of the next. */
export default class OneTimeFee extends OneTimeFeeSchema {
  declare code: BillingCode

  /** The same code of the same order is charged once, however often it is asked for. */
  static async charge(wish: NewOneTimeFee, client: TransactionClientContract): Promise<OneTimeFee> {
    const { contractId, code, orderId = null, quantity = 1, subject = null, on } = wish
    if (orderId !== null) {
      const known = await this.query({ client }).where({ orderId, code }).first()
      if (known) return known
    }
    const price = await Price.on(code, on, client)
    const unitYen = wish.unitYen ?? price?.yen ?? null
    const taxPercent = price?.taxPercent ?? standardTaxPercent
    const values = { contractId, code, quantity, subject, orderId }
    return this.create(
      { ...values, unitYen, taxPercent, chargedOn: on.toString(), statementId: null },
      { client }
    )
  }

  /** Of what is not told yet only. */
  static async quote(id: number, unitYen: number) {
    const fee = await this.query().where({ id }).whereNull('statementId').firstOrFail()
    await fee.merge({ unitYen }).save()
    return fee
  }
}
