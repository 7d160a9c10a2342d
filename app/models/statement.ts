import { belongsTo, hasMany, hasOne } from '@adonisjs/lucid/orm'
import type { BelongsTo, HasMany, HasOne } from '@adonisjs/lucid/types/relations'
import { StatementSchema } from '#database/schema'
import { Month } from '#billing/month'
import type { RateTotal } from '#billing/tax'
import { Day } from '#calendar/day'
import { visibleMonths } from '#config/billing'
import Contract from '#models/contract'
import Invoice from '#models/invoice'
import StatementLine from '#models/statement_line'

export type StatementOutcome = 'payment' | 'nothing' | 'refund'

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

  /** Whether there is something to pay, nothing, or something that is given back. */
  get outcome(): StatementOutcome {
    if (this.totalYen === 0) return 'nothing'
    return this.totalYen > 0 ? 'payment' : 'refund'
  }

  get taxPerRate(): RateTotal[] {
    return JSON.parse(this.taxes)
  }
}

/** PNL-13: the contractor sees six months that are over. */
export function firstVisibleMonth(now = new Date()): string {
  let month = Month.at(Day.at(now))
  for (let count = 0; count < visibleMonths; count++) month = month.previous
  return month.toString()
}
