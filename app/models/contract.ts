import { hasMany } from '@adonisjs/lucid/orm'
import type { HasMany } from '@adonisjs/lucid/types/relations'
import { ContractSchema } from '#database/schema'
import Account from '#models/account'
import Server from '#models/server'

/** Who pays. Owns servers and, through them, domains. */
export default class Contract extends ContractSchema {
  @hasMany(() => Server)
  declare servers: HasMany<typeof Server>

  @hasMany(() => Account)
  declare accounts: HasMany<typeof Account>
}
