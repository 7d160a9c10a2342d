import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { ContractProfileSchema } from '#database/schema'
import type { Actor } from '#models/actor'
import Contract from '#models/contract'
import { operate } from '#models/operation'
import { sqlTime } from '#models/task/clock'

export const paymentMethods = ['bank_transfer', 'direct_debit'] as const
export type PaymentMethod = (typeof paymentMethods)[number]

/** What a contractor says about himself; empty is nothing. `noticeAddress`: of the person in charge, kept with the contract. */
export interface ProfileEdit {
  readonly noticeAddress: string
  readonly postalCode: string | null
  readonly address: string | null
  readonly phone: string | null
  readonly personName: string | null
  readonly personDepartment: string | null
  readonly technicalName: string | null
  readonly technicalPhone: string | null
  readonly technicalMail: string | null
  readonly billingName: string | null
  readonly billingPostalCode: string | null
  readonly billingAddress: string | null
  readonly billingMail: string | null
}

/** Whom an invoice is for. */
export interface Addressee {
  readonly name: string
  readonly postalCode: string | null
  readonly address: string | null
  /** Null where nobody is known. */
  readonly mail: string | null
}

/** PNL-13 お客さま情報: address, people in charge, where invoices go, how it is paid. */
export default class ContractProfile extends ContractProfileSchema {
  declare paymentMethod: PaymentMethod

  @belongsTo(() => Contract)
  declare contract: BelongsTo<typeof Contract>

  /** As it is; who has said nothing yet has an empty one. */
  static of(contractId: number): Promise<ContractProfile> {
    return this.firstOrNew({ contractId }, { paymentMethod: 'bank_transfer' })
  }

  /** To be changed within that transaction; begins with a write, so that nobody else makes it at the same time. */
  static async lock(contractId: number, client: TransactionClientContract) {
    const usual = { contract_id: contractId, payment_method: 'bank_transfer' }
    await client
      .knexQuery()
      .insert({ ...usual, created_at: sqlTime() })
      .into('contract_profiles')
      .onConflict('contract_id')
      .merge(['contract_id'])
    return this.query({ client }).where({ contractId }).firstOrFail()
  }

  /** Where mails about the contract and its orders go; null while the contractor has told nobody. */
  static async mailOf(contractId: number): Promise<string | null> {
    const contract = await Contract.findOrFail(contractId)
    return contract.noticeAddress
  }

  static async billingOf(contractId: number): Promise<Addressee> {
    const contract = await Contract.findOrFail(contractId)
    const profile = await this.findBy('contractId', contractId)
    const mail = contract.noticeAddress
    if (!profile) return { name: contract.name, postalCode: null, address: null, mail }
    const own = profile.billingAddress !== null
    return {
      name: profile.billingName ?? contract.name,
      postalCode: own ? profile.billingPostalCode : profile.postalCode,
      address: own ? profile.billingAddress : profile.address,
      mail: profile.billingMail ?? mail,
    }
  }

  static async edit(contractId: number, change: ProfileEdit, actor: Actor) {
    await operate(actor, { action: 'contract_profile.update' }, (client) =>
      this.write(contractId, change, client)
    )
  }

  static async write(
    contractId: number,
    { noticeAddress, ...change }: ProfileEdit,
    client: TransactionClientContract
  ) {
    const profile = await this.lock(contractId, client)
    await profile.merge(change).save()
    const contract = await Contract.findOrFail(contractId, { client })
    await contract.merge({ noticeAddress }).save()
  }
}
