import { mapDatabase, mapDirectory } from '#convergence/services/postfix/layout'
import { sqliteMap } from '#convergence/syntax/postfix'

/**
 * The tables of the map database: `hosted` has all domains, `domains` those whose mail is delivered here, `sni` keys and
 * certificates by name. Every one exists even while it is empty, or Postfix would answer 451.
 */
export const tables = [
  'aliases',
  'domains',
  'hosted',
  'lists',
  'mailboxes',
  'recipient_access',
  'sni',
] as const
export type Table = (typeof tables)[number]

/** Has neither a quote nor a comma: it is part of a query and of main.cf. */
export const signInFirst = '550 5.7.1 Sign in on port 587 or 465 or use sendmail'

const lookup = (table: Table) => `SELECT value FROM ${table} WHERE key = '%s'`

/** An address of a domain whose mail is delivered here. */
const delivered = (table: Table) =>
  `SELECT 'OK' FROM ${table} WHERE key = '%s' AND substr(key, instr(key, '@') + 1) IN (SELECT key FROM domains)`

/** Rows of a list exist only while its domain's mail is delivered here. */
const commandOf = (what: string) =>
  `SELECT ${what} FROM lists WHERE instr('%u', '-ctl+') > 1 AND key = substr('%u', 1, instr('%u', '-ctl+') + 3) || '@%d'`

const queries = {
  ...Object.fromEntries(tables.map((table) => [table, lookup(table)])),
  /**
   * To the transport of a list (MAIL-06), by each of its addresses; of those with a command behind `-ctl+` by the row of
   * what is before it.
   */
  lists: `${lookup('lists')} UNION ALL ${commandOf('value')}`,
  /** Who may use an address as envelope sender: the mailbox that has it. */
  senders: `SELECT key FROM mailboxes WHERE key = '%s'`,
  /** Who gets mail from outside; nobody of a domain with outMX (MAIL-10). */
  recipients: `${delivered('mailboxes')} UNION ${delivered('aliases')} UNION ${delivered('lists')} UNION ${commandOf("'OK'")}`,
  /** What a program of this server hears that gives a sender of a domain here without signing in. */
  hosted_senders: `SELECT '${signInFirst}' FROM hosted WHERE key = '%s'`,
} as Readonly<Record<MapName, string>>

export type MapName = Table | 'senders' | 'recipients' | 'hosted_senders'
export const mapNames = [
  ...tables,
  'senders',
  'recipients',
  'hosted_senders',
] as const satisfies readonly MapName[]

export const mapPath = (name: MapName) => `${mapDirectory}/${name}.cf`
export const mapDefinition = (name: MapName) => sqliteMap(mapDatabase, queries[name])

/** How main.cf names a map. proxymap keeps the database open for all daemons, also for those in a chroot. */
export const proxied = (name: MapName) => `proxy:sqlite:${mapPath(name)}`
