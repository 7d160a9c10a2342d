import db from '@adonisjs/lucid/services/db'
import type { DesiredDatabase, DesiredDatabaseUser } from '#convergence/desired_server'
import { toDatabaseName } from '#convergence/syntax/names'

interface OfDomain {
  readonly databases: readonly DesiredDatabase[]
  readonly databaseUsers: readonly DesiredDatabaseUser[]
}

const none: OfDomain = { databases: [], databaseUsers: [] }

/** WEB-04, by domain. Two queries, one more where there are users. `domainIds` null: of all domains of the server. */
export async function loadDatabases(serverId: number, domainIds: readonly number[] | null) {
  const databases = await rowsOf('databases', serverId, domainIds)
  const users = await rowsOf('database_users', serverId, domainIds)
  const rights = users.length === 0 ? new Map() : await rightsOf(users.map(({ id }) => id))
  const byDomain = new Map<number, OfDomain>()
  for (const id of new Set([...databases, ...users].map((row) => row.domain_id as number))) {
    byDomain.set(id, {
      databases: databases.filter((row) => row.domain_id === id).map(toDatabase),
      databaseUsers: users
        .filter((row) => row.domain_id === id)
        .map((row) => ({
          name: toDatabaseName(row.name),
          passwordHash: row.password_hash,
          rights: rights.get(row.id) ?? [],
        })),
    })
  }
  return { of: (domainId: number): OfDomain => byDomain.get(domainId) ?? none }
}

function toDatabase(row: any): DesiredDatabase {
  return { name: toDatabaseName(row.name), charset: row.charset }
}

async function rowsOf(
  table: 'databases' | 'database_users',
  serverId: number,
  domainIds: readonly number[] | null
): Promise<any[]> {
  const query = db.from(table).select(`${table}.*`)
  const rows: any[] = await (domainIds === null
    ? query.join('domains', 'domains.id', `${table}.domain_id`).where('domains.server_id', serverId)
    : query.whereIn('domain_id', [...domainIds]))
  return rows.toSorted(byName)
}

type Right = DesiredDatabaseUser['rights'][number]

/** By user, sorted here: databases sort by rules of their own. */
async function rightsOf(userIds: readonly number[]): Promise<ReadonlyMap<number, Right[]>> {
  const rows: any[] = await db
    .from('database_rights')
    .join('databases', 'databases.id', 'database_rights.database_id')
    .whereIn('database_user_id', [...userIds])
    .select('database_user_id as user', 'databases.name', 'level')
  const found = new Map<number, Right[]>()
  for (const { user, name, level } of rows.toSorted(byName)) {
    found.set(user, [...(found.get(user) ?? []), { database: toDatabaseName(name), level }])
  }
  return found
}

function byName(one: { name: string }, other: { name: string }) {
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0
}
