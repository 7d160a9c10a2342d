import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { DatabaseUserSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import DatabaseRight from '#models/database_right'
import { databaseUsersPerDomain, type DatabaseLevel } from '#models/database/level'
import { prefixOf } from '#models/database/name'
import { makeDatabasePassword } from '#models/database/password'
import { changeDatabases, refuseMoreThan } from '#models/database/rows'
import Domain from '#models/domain'
import { isDuplicate } from '#models/domain/name_claim'
import { unchanged } from '#models/operation'

/** The one moment at which a password is known. */
export interface ShownUser {
  readonly user: DatabaseUser
  readonly password: string
}

/** By id of the database; those that are missing are none of his. */
export type Rights = ReadonlyMap<number, DatabaseLevel>

/** Who signs in to databases of a domain (WEB-04). */
export default class DatabaseUser extends DatabaseUserSchema {
  @belongsTo(() => Domain)
  declare domain: BelongsTo<typeof Domain>

  /** Call with the locked server. `name` without the prefix. */
  static async addRow(
    domain: Domain,
    name: string,
    client: TransactionClientContract,
    field = 'database_user_name'
  ): Promise<ShownUser> {
    await refuseMoreThan(databaseUsersPerDomain, 'database_users', domain, field, client)
    const { plain, hash: passwordHash } = makeDatabasePassword()
    const full = `${prefixOf(domain)}${name}`
    const known = await this.query({ client }).where('name', full).first()
    if (known) throw new Refusal('database_user_name_is_taken', field, { name: full })
    const values = { domainId: domain.id, name: full, passwordHash }
    const made = { ...values, passwordChangedAt: DateTime.utc() }
    return { user: await this.create(made, { client }), password: plain }
  }

  static async add(
    domain: Domain,
    wish: { readonly name: string; readonly rights: Rights },
    actor: Actor
  ): Promise<ShownUser> {
    const name = `${prefixOf(domain)}${wish.name}`
    try {
      const change = { action: 'database_users.store', target: name }
      const made = await changeDatabases(domain, change, actor, async (client) => {
        const shown = await this.addRow(domain, wish.name, client)
        await shown.user.replaceRights(wish.rights, client)
        return shown
      })
      return made as ShownUser
    } catch (error) {
      if (isDuplicate(error))
        throw new Refusal('database_user_name_is_taken', 'database_user_name', { name })
      throw error
    }
  }

  async setRights(rights: Rights, actor: Actor): Promise<boolean> {
    const result = await this.change('database_users.update', actor, async (user, client) =>
      (await user.replaceRights(rights, client)) ? true : unchanged
    )
    return result !== unchanged
  }

  /** The old one is of no use from the moment of the apply on, and connections that were made with it end. */
  async renewPassword(actor: Actor): Promise<string> {
    const { plain, hash: passwordHash } = makeDatabasePassword()
    await this.change('database_passwords.store', actor, async (user) => {
      await user.merge({ passwordHash, passwordChangedAt: DateTime.utc() }).save()
      return true
    })
    return plain
  }

  async remove(actor: Actor) {
    await this.change('database_users.destroy', actor, async (user, client) => {
      await client.from('database_rights').where('database_user_id', user.id).delete()
      await user.delete()
      return true
    })
  }

  /** Whether anything changed. Databases of others are none that one could have rights in. */
  async replaceRights(rights: Rights, client: TransactionClientContract): Promise<boolean> {
    const own = await client
      .from('databases')
      .where('domain_id', this.domainId)
      .whereIn('id', [...rights.keys()])
      .select('id')
    if (own.length !== rights.size) throw new Refusal('database_is_gone', 'rights')
    const had = await rightsOfUsers([this.id], client)
    if (sameRights(had.get(this.id) ?? new Map(), rights)) return false
    await client.from('database_rights').where('database_user_id', this.id).delete()
    const rows = [...rights].map(([databaseId, level]) => ({ databaseId, level }))
    await DatabaseRight.createMany(
      rows.map((row) => ({ ...row, databaseUserId: this.id })),
      { client }
    )
    return true
  }

  private async change<Result>(
    action: string,
    actor: Actor,
    work: (
      user: DatabaseUser,
      client: TransactionClientContract
    ) => Promise<Result | typeof unchanged>
  ) {
    const domain = await Domain.findOrFail(this.domainId)
    return changeDatabases(domain, { action, target: this.name }, actor, async (client) => {
      const user = await DatabaseUser.query({ client }).where('id', this.id).first()
      if (!user) throw new Refusal('database_user_is_gone')
      return work(user, client)
    })
  }
}

/** By user. */
export async function rightsOfUsers(
  ids: readonly number[],
  client?: TransactionClientContract
): Promise<ReadonlyMap<number, Map<number, DatabaseLevel>>> {
  const rows = await DatabaseRight.query({ client }).whereIn('databaseUserId', [...ids])
  const found = new Map<number, Map<number, DatabaseLevel>>()
  for (const { databaseUserId, databaseId, level } of rows) {
    const of = found.get(databaseUserId) ?? new Map<number, DatabaseLevel>()
    found.set(databaseUserId, of.set(databaseId, level))
  }
  return found
}

function sameRights(had: Rights, wanted: Rights) {
  return had.size === wanted.size && [...wanted].every(([id, level]) => had.get(id) === level)
}
