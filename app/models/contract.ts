import { hasMany } from '@adonisjs/lucid/orm'
import type { HasMany } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { ContractSchema } from '#database/schema'
import Account from '#models/account'
import Server from '#models/server'

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
}
