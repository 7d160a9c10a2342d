import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { PaymentChangeSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import ContractProfile, { type PaymentMethod } from '#models/contract_profile'
import { operate } from '#models/operation'
import type Staff from '#models/staff'

/**
 * PNL-13: another way to pay. Banks want it on paper, so that it holds from the day on which staff have
 * it; until then it can be withdrawn.
 */
export default class PaymentChange extends PaymentChangeSchema {
  declare method: PaymentMethod
  declare outcome: 'confirmed' | 'withdrawn' | null

  /** Null where nothing waits. */
  static waitingOf(contractId: number): Promise<PaymentChange | null> {
    return this.findBy('openContractId', contractId)
  }

  static async request(contractId: number, method: PaymentMethod, actor: Actor) {
    await operate(actor, { action: 'payment_change.store' }, async (client) => {
      const profile = await ContractProfile.lock(contractId, client)
      if (profile.paymentMethod === method) throw new Refusal('payment_is_so', 'payment_method')
      const waiting = await this.query({ client }).where('openContractId', contractId).first()
      if (waiting) throw new Refusal('payment_change_waits', 'payment_method')
      const target = { contractId, openContractId: contractId, requestedBy: actor.by.login }
      await this.create({ ...target, method }, { client })
    })
  }

  async withdraw(actor: Actor) {
    await operate(actor, { action: 'payment_change.destroy' }, (client) =>
      this.#finish('withdrawn', null, client)
    )
  }

  async confirmBy(staff: Staff) {
    await db.transaction(async (client) => {
      const profile = await this.#finish('confirmed', staff, client)
      await profile.merge({ paymentMethod: this.method }).save()
    })
  }

  /** Only once, whoever comes first. */
  async #finish(
    outcome: 'confirmed' | 'withdrawn',
    staff: Staff | null,
    client: TransactionClientContract
  ) {
    const profile = await ContractProfile.lock(this.contractId, client)
    const now = await PaymentChange.query({ client })
      .where('id', this.id)
      .whereNotNull('openContractId')
      .first()
    if (!now) throw new Refusal('payment_change_is_over')
    const finishedAt = DateTime.utc()
    await now
      .merge({ outcome, openContractId: null, staffId: staff?.id ?? null, finishedAt })
      .save()
    return profile
  }
}
