import db from '@adonisjs/lucid/services/db'
import Database from '#models/database'
import DatabaseUser, { rightsOfUsers, type Rights } from '#models/database_user'
import type { DatabaseLevel } from '#models/database/level'

/** WEB-04: all of a domain, by name; there are few. */
export function databasesOfDomain(domainId: number): Promise<Database[]> {
  return Database.query().where('domain_id', domainId).orderBy('name')
}

export interface ListedUser {
  readonly user: DatabaseUser
  readonly rights: Rights
}

export async function usersOfDomain(domainId: number): Promise<ListedUser[]> {
  const users = await DatabaseUser.query().where('domain_id', domainId).orderBy('name')
  const rights = await rightsOfUsers(users.map(({ id }) => id))
  return users.map((user) => ({ user, rights: rights.get(user.id) ?? new Map() }))
}

/** Who may what in one database. */
export async function usersOfDatabase(
  databaseId: number
): Promise<{ id: number; name: string; level: DatabaseLevel }[]> {
  return db
    .from('database_rights')
    .join('database_users', 'database_users.id', 'database_rights.database_user_id')
    .where('database_id', databaseId)
    .orderBy('name')
    .select('database_users.id', 'database_users.name', 'level')
}

/** Shown beside the settings of the site. */
export async function countDatabases(domainId: number): Promise<number> {
  const [{ total }] = await db.from('databases').where('domain_id', domainId).count('* as total')
  return Number(total)
}
