import { randomBytes, randomUUID } from 'node:crypto'
import db from '@adonisjs/lucid/services/db'
import { hasMany } from '@adonisjs/lucid/orm'
import type { HasMany } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { ContractSchema } from '#database/schema'
import Account from '#models/account'
import type { StaffAuthor } from '#models/actor'
import ContractProfile, { type ProfileEdit } from '#models/contract_profile'
import Server from '#models/server'
import StaffLog from '#models/staff_log'

export interface NewContract {
  readonly name: string
  /** Of the person in charge, and what else is known of the customer. */
  readonly profile: ProfileEdit
}

/** Who pays. Owns servers and, through them, domains. */
export default class Contract extends ContractSchema {
  @hasMany(() => Server)
  declare servers: HasMany<typeof Server>

  @hasMany(() => Account)
  declare accounts: HasMany<typeof Account>

  /** Fresh, and nobody else orders anything for it until the transaction ends; begins with a write like `Server.lock`. */
  static async lock(id: number, client: TransactionClientContract): Promise<Contract> {
    await client
      .from('contracts')
      .where('id', id)
      .update({ name: client.raw('name') })
    return this.findOrFail(id, { client })
  }

  /**
   * A new customer, whose first server is applied for on paper (ORD-05); the code, which is his login, follows the id.
   * Nobody knows his password until he chooses one himself (`PasswordInvitation`).
   */
  static async open({ name, profile }: NewContract, by: StaffAuthor): Promise<Contract> {
    const password = await Account.hashPassword(randomBytes(32).toString('base64url'))
    return db.transaction(async (client) => {
      const contract = await this.create({ code: randomUUID().slice(0, 32), name }, { client })
      const code = `c${String(contract.id).padStart(6, '0')}`
      await contract.merge({ code }).save()
      const account = { login: code, role: 'contractor' as const, contractId: contract.id }
      await Account.create({ ...account, password }, { client })
      await ContractProfile.write(contract.id, profile, client)
      await StaffLog.write({ ...by, action: 'contract.store', target: code }, client)
      return contract.refresh()
    })
  }

  /** OPS-07: by staff, such as a name that has changed, with the paper that says so. */
  async amend({ name, profile }: NewContract, by: StaffAuthor) {
    const { id } = this
    await db.transaction(async (client) => {
      const contract = await Contract.lock(id, client)
      await contract.merge({ name }).save()
      await ContractProfile.write(id, profile, client)
      await StaffLog.write({ ...by, action: 'contract.update', target: contract.code }, client)
    })
  }

  /** Who signs in with its code. */
  contractor(): Promise<Account> {
    return Account.query().where({ contractId: this.id, role: 'contractor' }).firstOrFail()
  }
}
