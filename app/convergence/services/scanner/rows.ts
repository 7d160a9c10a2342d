import type { DesiredDomain, DesiredMailbox, DesiredServer } from '#convergence/desired_server'
import type { TableResource } from '#convergence/resource'
import { rows } from '#convergence/syntax/map_rows'
import { toAbsolutePath } from '#convergence/syntax/names'

/** Read by the scanner at each message, so a user's setting counts from the next one on. */
export const mailboxDatabase = toAbsolutePath('/var/lib/tsukasa/scanner/mailboxes.sqlite')

/** Addresses that are the domain admin's (MAIL-01). */
const adminAliases = ['postmaster', 'webmaster']

/** The table exists before the first mailbox does. */
export const emptyTable = (): TableResource => table([])

/** Of a mailbox that nobody changed. */
const usual = { warn: true, spam: true }

/**
 * What is asked for each address that is delivered here: `warn`, which mailbox is told of viruses (MAIL-03); `spam`,
 * whether its mail is scored (MAIL-04). What most have is one row of their domain, so that one
 * mailbox more changes nothing here. A domain whose mail follows its MX has no mailbox here (MAIL-10).
 */
export function domainTable(domain: DesiredDomain, server: DesiredServer): TableResource {
  if (domain.outMx) return table([])
  const admin = domain.mailboxes.find(({ localPart }) => localPart === 'admin')
  const aliases = [
    ...adminAliases.map((name) => `${name}@${domain.name}`),
    `${domain.unixName}@${server.hostname}`,
  ]
  return table([
    [`@${domain.name}`, JSON.stringify(usual)],
    ...domain.mailboxes
      .filter(({ virusWarning, spam }) => !virusWarning || spam === null)
      .map((mailbox) => rowOf(addressOf(mailbox, domain), mailbox, domain)),
    ...domain.mailingLists.flatMap(({ localPart }) =>
      ['', '-ctl', '-request'].map((end): [string, string] => [
        `${localPart}${end}@${domain.name}`,
        scoredOnly,
      ])
    ),
    ...(admin ? aliases.map((alias) => rowOf(alias, admin, domain)) : []),
  ])
}

/** A post is looked at once, when it comes; its members go by what was said about it then (MAIL-06). */
const scoredOnly = JSON.stringify({ warn: null, spam: true })

const addressOf = ({ localPart }: DesiredMailbox, { name }: DesiredDomain) => `${localPart}@${name}`

function rowOf(address: string, mailbox: DesiredMailbox, domain: DesiredDomain): [string, string] {
  const warn = mailbox.virusWarning ? addressOf(mailbox, domain) : null
  return [address, JSON.stringify({ warn, spam: mailbox.spam !== null })]
}

function table(of: readonly [string, string][]): TableResource {
  return { kind: 'table', database: mailboxDatabase, table: 'mailboxes', rows: rows(of) }
}
