import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { FeeSchema } from '#database/schema'
import { periodOf, type BillingCode } from '#billing/codes'
import type { Lasting } from '#billing/charges'
import { Day } from '#calendar/day'

export interface NewFee {
  readonly contractId: number
  readonly code: BillingCode
  readonly quantity?: number
  /** Agreed with this customer, for one in a month, without tax; else the price list counts. */
  readonly unitYen?: number
  /** As the statement calls what it is for; the server's name where there is one. */
  readonly subject?: string
  readonly serverId?: number | null
  readonly optionId?: number | null
  readonly orderId?: number | null
  readonly from: Day
}

/** Which fees are meant: all that fit everything said here. */
export interface FeeMatch {
  readonly contractId?: number
  readonly serverId?: number
  readonly optionId?: number
  readonly code?: BillingCode
}

/** ORD-07: money for each day (or year) while something lasts. */
export default class Fee extends FeeSchema {
  declare code: BillingCode

  get lasting(): Lasting {
    const to = this.untilOn === null ? null : Day.of(this.untilOn)
    return { code: this.code, quantity: this.quantity, from: Day.of(this.fromOn), to }
  }

  /** The same code of the same order begins once, however often it is asked for. */
  static async begin(wish: NewFee, client: TransactionClientContract): Promise<Fee> {
    const { contractId, code, orderId = null, serverId = null, optionId = null } = wish
    if (periodOf(code) === 'once') throw new Error(`${code} is paid once`)
    if (orderId !== null) {
      const known = await this.query({ client }).where({ orderId, code }).first()
      if (known) return known
    }
    const subject = wish.subject ?? (await nameOf(serverId, client))
    const { quantity = 1, unitYen = null } = wish
    const ids = { contractId, serverId, optionId, orderId }
    const values = { code, quantity, unitYen, subject, fromOn: wish.from.toString() }
    return this.create({ ...ids, ...values }, { client })
  }

  /**
   * The last day that costs something. One that began later never costs anything; one that ends earlier already stays as
   * it is. Answers how many ended.
   */
  static async end(match: FeeMatch, lastDay: Day, client: TransactionClientContract) {
    const fees = await this.matching(match, lastDay, client)
    for (const fee of fees) await fee.endOn(lastDay, client)
    return fees.length
  }

  /** SRV-03, OPT-01: the new plan counts from that day, the old one until the day before. */
  static async change(
    serverId: number,
    code: BillingCode,
    from: Day,
    client: TransactionClientContract,
    orderId: number | null = null
  ): Promise<Fee | null> {
    const plans = await this.matching({ serverId }, from.plus(-1), client)
    const old = plans.find((fee) => fee.code.startsWith('plan.'))
    return old ? old.follow({ code, orderId }, from, client) : null
  }

  /** As many of it from that day on, e.g. users of a paid webmail. */
  static async setQuantity(
    match: FeeMatch,
    quantity: number,
    from: Day,
    client: TransactionClientContract
  ): Promise<Fee | null> {
    const [old] = await this.matching(match, from.plus(-1), client)
    return old ? old.follow({ quantity }, from, client) : null
  }

  /** Agreed with the customer, since the price list has none for it (別途お見積り). */
  static async quote(id: number, unitYen: number) {
    const fee = await this.findOrFail(id)
    await fee.merge({ unitYen }).save()
    return fee
  }

  /** That last longer than a day. */
  private static matching(match: FeeMatch, day: Day, client: TransactionClientContract) {
    const wanted = Object.entries(match).filter(([, value]) => value !== undefined)
    // Whoever asks for nothing in particular would end the fees of everybody
    if (wanted.length === 0) throw new Error('no fee is meant')
    return this.query({ client })
      .where(Object.fromEntries(wanted))
      .where((lasts) => lasts.whereNull('untilOn').orWhere('untilOn', '>', day.toString()))
      .orderBy('id')
  }

  /** Nothing of it is deleted: what was charged for it already must find it, to be made good. */
  private async endOn(lastDay: Day, client: TransactionClientContract) {
    const began = Day.of(this.fromOn)
    const last = lastDay.isBefore(began) ? began.plus(-1) : lastDay
    this.untilOn = last.toString()
    await this.useTransaction(client).save()
  }

  /** The same, but for what is said otherwise, from that day on or from its own first day where that is later. */
  private async follow(
    other: { code?: BillingCode; quantity?: number; orderId?: number | null },
    from: Day,
    client: TransactionClientContract
  ): Promise<Fee> {
    const { contractId, serverId, optionId, subject, code, quantity, unitYen } = this
    const began = Day.of(this.fromOn)
    const first = from.isBefore(began) ? began : from
    await this.endOn(first.plus(-1), client)
    const kept = { contractId, serverId, optionId, subject, code, quantity, orderId: null }
    const agreed = other.code === undefined && unitYen !== null ? { unitYen } : {}
    const values = { ...kept, ...other, ...agreed }
    return Fee.begin({ ...values, subject: values.subject ?? undefined, from: first }, client)
  }
}

async function nameOf(serverId: number | null, client: TransactionClientContract) {
  if (serverId === null) return null
  const row = await client.from('servers').where('id', serverId).select('name').first()
  return (row?.name as string | undefined) ?? null
}
