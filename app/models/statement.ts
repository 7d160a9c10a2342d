import { belongsTo, hasMany, hasOne } from '@adonisjs/lucid/orm'
import type { BelongsTo, HasMany, HasOne } from '@adonisjs/lucid/types/relations'
import { StatementSchema } from '#database/schema'
import type { RateTotal } from '#billing/tax'
import { visibleMonths } from '#config/billing'
import Contract from '#models/contract'
import Invoice from '#models/invoice'
import StatementLine from '#models/statement_line'

/** ORD-07: what a contract had to pay for in one month. Nothing of it changes afterwards; the next one makes good. */
export default class Statement extends StatementSchema {
  @belongsTo(() => Contract)
  declare contract: BelongsTo<typeof Contract>

  @hasMany(() => StatementLine)
  declare lines: HasMany<typeof StatementLine>

  @hasOne(() => Invoice)
  declare invoice: HasOne<typeof Invoice>

  get totalYen(): number {
    return this.netYen + this.taxYen
  }

  get taxPerRate(): RateTotal[] {
    return JSON.parse(this.taxes)
  }

  /** PNL-13: those that the contractor sees, newest first. */
  static recent(contractId: number): Promise<Statement[]> {
    return this.query()
      .where({ contractId })
      .orderBy('month', 'desc')
      .limit(visibleMonths)
      .preload('invoice')
  }
}
