import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DatabaseSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import DatabaseRight from '#models/database_right'
import DatabaseUser, { type ShownUser } from '#models/database_user'
import { databasesPerDomain, type DatabaseCharset } from '#models/database/level'
import { prefixOf } from '#models/database/name'
import { changeDatabases, refuseMoreThan } from '#models/database/rows'
import Domain from '#models/domain'
import { isDuplicate } from '#models/domain/name_claim'
import { unchanged } from '#models/operation'

export interface NewDatabase {
  /** Without the prefix, as `checkDatabaseName` answered it. */
  readonly name: string
  readonly charset?: DatabaseCharset
  readonly description?: string | null
  /** Who may everything in it from the start: a new user of the same name, one that is there, or nobody yet. */
  readonly user?: 'new' | number | null
}

/** A database of a domain (WEB-04). Each verb is one change: rows, a line in the operation log, one apply. */
export default class Database extends DatabaseSchema {
  declare charset: DatabaseCharset

  @belongsTo(() => Domain)
  declare domain: BelongsTo<typeof Domain>

  /** With the user that was made for it, whose password nobody can read again. */
  static async add(
    domain: Domain,
    wish: NewDatabase,
    actor: Actor
  ): Promise<{ database: Database; user: ShownUser | null }> {
    const name = `${prefixOf(domain)}${wish.name}`
    try {
      const change = { action: 'databases.store', target: name }
      const made = await changeDatabases(domain, change, actor, async (client) => {
        await refuseMoreThan(databasesPerDomain, 'databases', domain, 'database_name', client)
        const { charset = 'utf8mb4', description = null } = wish
        const values = { domainId: domain.id, name, charset, description }
        const database = await this.create(values, { client })
        const user = await database.welcome(domain, wish, client)
        return { database, user }
      })
      return made as Exclude<typeof made, typeof unchanged>
    } catch (error) {
      if (isDuplicate(error)) throw new Refusal('database_name_is_taken', 'database_name', { name })
      throw error
    }
  }

  private async welcome(
    domain: Domain,
    { name, user = null }: NewDatabase,
    client: TransactionClientContract
  ): Promise<ShownUser | null> {
    if (user === null) return null
    const made =
      user === 'new' ? await DatabaseUser.addRow(domain, name, client, 'database_name') : null
    const known =
      made === null
        ? await DatabaseUser.query({ client }).where({ id: user, domainId: domain.id }).first()
        : made.user
    if (!known) throw new Refusal('database_user_is_gone', 'database_user')
    const values = { databaseId: this.id, databaseUserId: known.id, level: 'all' as const }
    await DatabaseRight.create(values, { client })
    return made
  }

  /** Nothing of it is on the server, so there is nothing to apply. */
  async describe(description: string | null, actor: Actor): Promise<boolean> {
    const domain = await Domain.findOrFail(this.domainId)
    const result = await changeDatabases(
      domain,
      { action: 'databases.update', target: this.name },
      actor,
      async (client) => {
        const now = await Database.query({ client }).where('id', this.id).first()
        if (!now) throw new Refusal('database_is_gone')
        if (now.description === description) return unchanged
        await now.merge({ description }).save()
        return true
      }
    )
    return result !== unchanged
  }

  /** With all in it. Its users stay: they may have rights elsewhere. */
  async remove(actor: Actor) {
    const domain = await Domain.findOrFail(this.domainId)
    const change = { action: 'databases.destroy', target: this.name }
    await changeDatabases(domain, change, actor, async (client) => {
      for (const table of ['database_rights', 'database_transfers']) {
        await client.from(table).where('database_id', this.id).delete()
      }
      const gone = await Database.query({ client }).where('id', this.id).delete()
      if (Number(gone) === 0) throw new Refusal('database_is_gone')
      return true
    })
  }
}
