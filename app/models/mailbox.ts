import { belongsTo, hasOne } from '@adonisjs/lucid/orm'
import type { BelongsTo, HasOne } from '@adonisjs/lucid/types/relations'
import { MailboxSchema } from '#database/schema'
import Account from '#models/account'
import Domain from '#models/domain'

/** A user of a domain (ユーザ): a mail account and its home. The one called `admin` is the domain admin's. */
export default class Mailbox extends MailboxSchema {
  @belongsTo(() => Domain)
  declare domain: BelongsTo<typeof Domain>

  @hasOne(() => Account)
  declare account: HasOne<typeof Account>

  get isAdmin() {
    return this.localPart === 'admin'
  }
}
