import type {
  DatabaseCharset,
  DatabaseLevel,
  DesiredDatabase,
  DesiredDatabaseUser,
  DesiredDomain,
} from '#convergence/desired_server'
import type { DatabaseResource, DatabaseUserResource, Resource } from '#convergence/resource'
import { limits } from '#convergence/services/mariadb/layout'
import { NotWritable } from '#convergence/syntax/not_writable'

/** ハ and パ are different words: `unicode_ci` would find one for the other. */
export const collations: Readonly<Record<DatabaseCharset, string>> = {
  utf8mb4: 'utf8mb4_general_ci',
  cp932: 'cp932_japanese_ci',
  eucjpms: 'eucjpms_japanese_ci',
}

const contentRights = ['DELETE', 'INSERT', 'SELECT', 'UPDATE']

/** No FILE, PROCESS, SUPER: those are never of one database. No EVENT: what runs by the clock would run for a suspended domain too. */
const rightsOf: Readonly<Record<DatabaseLevel, readonly string[]>> = {
  all: [
    ...['ALTER', 'ALTER ROUTINE', 'CREATE', 'CREATE ROUTINE', 'CREATE TEMPORARY TABLES'],
    ...['CREATE VIEW', 'DELETE', 'DROP', 'EXECUTE', 'INDEX', 'INSERT', 'LOCK TABLES'],
    ...['REFERENCES', 'SELECT', 'SHOW VIEW', 'TRIGGER', 'UPDATE'],
  ],
  write: [...contentRights, 'CREATE TEMPORARY TABLES', 'EXECUTE', 'LOCK TABLES', 'SHOW VIEW'],
  read: ['SELECT', 'SHOW VIEW'],
}

/** Of a domain's users together, about: one domain must not take all of the server's 500. */
const connectionsOfDomain = 60
const mostOfUser = 40
const leastOfUser = 3

/** WEB-04: everything of one domain. Suspended, it keeps its databases, but nobody signs in. */
export function domainDatabases(domain: DesiredDomain): Resource[] {
  const { databases, databaseUsers } = domain
  return [
    ...databases.map(database),
    ...databases.map((one) => owner(domain, one)),
    ...databaseUsers.map((one) => user(domain, one)),
    ...(databases.length === 0 ? [] : [room(domain)]),
  ]
}

function database({ name, charset }: DesiredDatabase): DatabaseResource {
  return { kind: 'database', name, charset, collation: collations[charset] }
}

/**
 * Who brings dumps in and out: nobody but programs of the domain's own Unix account, which could as well read the passwords
 * in the domain's files. What a dump brings belongs to it, so views and triggers outlive the users of today.
 */
function owner({ unixName, suspended }: DesiredDomain, { name }: DesiredDatabase) {
  return {
    kind: 'database_user',
    name: `${name}.owner`,
    auth: [['unix_socket', unixName]],
    locked: suspended,
    connections: leastOfUser,
    rights: [[name, [...rightsOf.all, 'SHOW CREATE ROUTINE'].toSorted()]],
  } satisfies DatabaseUserResource
}

function user({ databaseUsers, suspended }: DesiredDomain, one: DesiredDatabaseUser) {
  if (!/^\*[0-9A-F]{40}$/.test(one.passwordHash)) throw new NotWritable('hash of a database user')
  const share = Math.floor(connectionsOfDomain / databaseUsers.length)
  return {
    kind: 'database_user',
    name: one.name,
    auth: [['mysql_native_password', one.passwordHash]],
    locked: suspended,
    connections: Math.min(mostOfUser, Math.max(leastOfUser, share)),
    rights: one.rights.map(({ database: of, level }) => [of, rightsOf[level].toSorted()] as const),
  } satisfies DatabaseUserResource
}

/** For the program that watches how much databases take; it gives and takes rights as they are wanted here. */
function room(domain: DesiredDomain): Resource {
  const { unixName, uid, root, quotaMb, databases, databaseUsers } = domain
  const users = [
    ...databases.map((one) => owner(domain, one)),
    ...databaseUsers.map((one) => user(domain, one)),
  ].map(({ name, rights }) => [name, rights])
  const value = JSON.stringify({ uid, root, quotaMb, users })
  return { kind: 'table', database: limits, table: 'limits', rows: [[unixName, value]] }
}
