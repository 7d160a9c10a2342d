import type { DesiredDomain, DesiredServer, DomainHead } from '#convergence/desired_server'
import type { TableResource } from '#convergence/resource'
import { names } from '#convergence/services/apache/index'
import { certifiedNames } from '#convergence/services/apache/tls'
import { listTransport } from '#convergence/services/mailing_lists/layout'
import { mapDatabase } from '#convergence/services/postfix/layout'
import { type Table, tables } from '#convergence/services/postfix/maps'
import { rows } from '#convergence/syntax/map_rows'
import { textTable } from '#convergence/syntax/postfix'

/** MAIL-01: both go to the domain admin, whoever has the domain. */
export const adminAliases = ['postmaster', 'webmaster']

/** A temporary answer: senders try again for days, so a short suspension loses no mail. */
const suspended = '450 4.2.1 This mailbox does not accept mail at the moment'

/**
 * MAIL-10: mail to a domain with outMX leaves for its MX, as to any domain elsewhere. Its mailboxes stay: they say
 * who may send.
 */
export function domainTables(domain: DesiredDomain, server: DesiredServer): TableResource[] {
  return [
    table('domains', domain.outMx ? [] : [[domain.name, domain.name]]),
    table('hosted', [[domain.name, domain.name]]),
    table(
      'mailboxes',
      domain.mailboxes.map((mailbox) => [`${mailbox.localPart}@${domain.name}`, 'ok'])
    ),
    table('aliases', [...aliases(domain, server), ...listAliases(domain)]),
    ...(domain.mailingLists.length > 0 ? [table('lists', listRows(domain))] : []),
    table('recipient_access', refused(domain)),
    ...(domain.certificate === null
      ? []
      : [{ ...table('sni', shown(domain, server)), secret: true }]),
  ]
}

/** As tls_server_sni_maps wants them: Base64 of the key and the chain. */
function shown(domain: DesiredDomain, server: DesiredServer): [string, string][] {
  const { privateKey = '', chain = '' } = domain.certificate ?? {}
  const value = Buffer.from(`${privateKey.trimEnd()}\n${chain}`).toString('base64')
  return certifiedNames(domain, names(domain), server).map((name) => [name, value])
}

/** Owned by the server itself, so that the tables exist before the first domain does. */
export const emptyTables = (): TableResource[] => tables.map((name) => table(name, []))

function aliases(domain: DesiredDomain, server: DesiredServer): [string, string][] {
  const admin = `admin@${domain.name}`
  return [
    ...(domain.outMx ? [] : adminAliases).map((name): [string, string] => [
      `${name}@${domain.name}`,
      admin,
    ]),
    // What cron and bounces of the domain's programs are sent to.
    [`${domain.unixName}@${server.hostname}`, admin],
  ]
}

/** Whom people write to about a list; answers to what it writes by itself come there too. */
const listAliases = (domain: DesiredDomain) =>
  listsHere(domain).flatMap(({ localPart }) =>
    ['-owner', '-admin', '-owner-ctl', '-ctl+owner'].map((end): [string, string] => [
      `${localPart}${end}@${domain.name}`,
      `admin@${domain.name}`,
    ])
  )

/** MAIL-06: which list an address is of. */
const listRows = (domain: DesiredDomain) =>
  listsHere(domain).flatMap(({ id, localPart }) =>
    ['', '-ctl', '-request'].map((end): [string, string] => [
      `${localPart}${end}@${domain.name}`,
      `${listTransport}:${id}`,
    ])
  )

const listsHere = ({ outMx, mailingLists }: DesiredDomain) => (outMx ? [] : mailingLists)

function refused(domain: DesiredDomain): [string, string][] {
  if (domain.outMx) return []
  if (domain.suspended) return [[domain.name, suspended]]
  return domain.mailboxes
    .filter((mailbox) => mailbox.suspended)
    .map((mailbox) => [`${mailbox.localPart}@${domain.name}`, suspended])
}

function table(name: Table, of: readonly (readonly [string, string])[]): TableResource {
  return { kind: 'table', database: mapDatabase, table: name, rows: rows(of) }
}

/**
 * Which envelope senders a Unix account may use (local_login_sender_maps). Read by sendmail at each
 * message as the account itself, so it is a small file that all may read, from heads alone.
 */
export function localSenderTable(server: DesiredServer): string {
  return textTable(
    [...server.domains]
      .sort((one, other) => one.id - other.id)
      .map((domain) => [domain.unixName, senders(domain, server).join(', ')])
  )
}

/** Never `<>`: what has no sender is nobody's, and nobody's recipients are not counted (MAIL-11). */
const senders = (domain: DomainHead, server: DesiredServer) => [
  `@${domain.name}`,
  // sendmail without -f, as PHP's mail() calls it.
  domain.unixName,
  `${domain.unixName}@${server.hostname}`,
]

/** A pcre_table(5): only what looks like a rewritten sender of this server is looked up further. */
export function srsRecipientTable({ hostname }: DesiredServer): string {
  return `/^(SRS[01][-+=].+@${hostname.replaceAll('.', '\\.')})$/ $1\n`
}
