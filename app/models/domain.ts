import { belongsTo, hasMany, hasOne } from '@adonisjs/lucid/orm'
import type { BelongsTo, HasMany, HasOne } from '@adonisjs/lucid/types/relations'
import { DomainSchema } from '#database/schema'
import Account from '#models/account'
import Mailbox from '#models/mailbox'
import Server from '#models/server'

/** A site and its mail on one server. */
export default class Domain extends DomainSchema {
  @belongsTo(() => Server)
  declare server: BelongsTo<typeof Server>

  @hasMany(() => Mailbox)
  declare mailboxes: HasMany<typeof Mailbox>

  @hasOne(() => Account, { onQuery: (query) => query.where('role', 'domain_admin') })
  declare admin: HasOne<typeof Account>

  get unixName() {
    return `d${this.id}`
  }

  get root() {
    return `/data/domain/${this.name}`
  }

  get isSuspended() {
    return this.suspendedAt !== null
  }
}
