import type { DesiredDomain, DesiredMailbox, DesiredServer } from '#convergence/desired_server'
import type { TableResource } from '#convergence/resource'
import { forwardsOfRow, rowOfForwards } from '#convergence/services/sieve/script'
import { scriptOf } from '#convergence/services/sieve/scripts'
import { rows } from '#convergence/syntax/map_rows'
import { type DomainName, toAbsolutePath } from '#convergence/syntax/names'

/**
 * Who has a mailbox and who may sign in, as rows instead of passwd-files: Dovecot looks at a passwd-file
 * once a second and compares seconds and size, so a second new hash of one second would never be seen.
 */
export const userDatabase = toAbsolutePath('/var/lib/tsukasa/dovecot/users.sqlite')

export const queries = {
  password:
    `SELECT IIF(substr(value, 2, 8) = 'argon2id', '{ARGON2ID}', '{CRYPT}') || value AS password` +
    ` FROM passwords WHERE key = '%{user}'`,
  user:
    `SELECT value->>'uid' AS uid, value->>'gid' AS gid, value->>'home' AS home,` +
    ` value->>'quota' AS "quota/user/storage_size",` +
    ` value->>'sieve' AS "sieve_script/personal/path",` +
    ` value->>'forwards' AS "sieve_environment/${forwardsOfRow}" FROM users WHERE key = '%{user}'`,
  users: 'SELECT key AS user FROM users',
} as const

/** Both tables exist before the first mailbox does. */
export const emptyTables = (): TableResource[] => [users([]), passwords([])]

/** All mailboxes receive; those that are suspended, or whose domain is, have no password to sign in with. */
export function domainTables(
  domain: DesiredDomain,
  { hostname }: Pick<DesiredServer, 'hostname'>
): TableResource[] {
  const open = domain.suspended ? [] : domain.mailboxes.filter(({ suspended }) => !suspended)
  return [
    users(
      domain.mailboxes.map((mailbox) => [
        addressOf(mailbox, domain),
        userOf(mailbox, domain, hostname),
      ])
    ),
    passwords(open.map((mailbox) => [addressOf(mailbox, domain), mailbox.passwordHash])),
  ]
}

export const addressOf = (mailbox: DesiredMailbox, domain: DesiredDomain) =>
  `${mailbox.localPart}@${domain.name}`

/** `storage_size` 0 is no limit. Which script is his and whom it forwards to change together (MAIL-07). */
function userOf(mailbox: DesiredMailbox, domain: DesiredDomain, hostname: DomainName): string {
  const home = toAbsolutePath(`${domain.root}/home/${mailbox.localPart}`)
  const quota = mailbox.quotaMb === 0 ? '0' : `${mailbox.quotaMb}M`
  const { path: sieve } = scriptOf(mailbox, domain, hostname)
  const forwards = rowOfForwards(mailbox, domain)
  return JSON.stringify({ uid: mailbox.uid, gid: domain.uid, home, quota, sieve, forwards })
}

type Rows = readonly (readonly [string, string])[]

function users(of: Rows): TableResource {
  return { kind: 'table', database: userDatabase, table: 'users', rows: rows(of) }
}

function passwords(of: Rows): TableResource {
  return { kind: 'table', database: userDatabase, table: 'passwords', secret: true, rows: rows(of) }
}
