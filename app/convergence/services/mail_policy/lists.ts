import type {
  DesiredDomain,
  DesiredMailbox,
  DesiredServer,
  DomainHead,
} from '#convergence/desired_server'
import type { TableResource } from '#convergence/resource'
import { listDatabase } from '#convergence/services/mail_policy/layout'
import { othersOf } from '#convergence/services/sieve/script'
import { adminAliases } from '#convergence/services/postfix/rows'
import { rows } from '#convergence/syntax/map_rows'

/**
 * Values are JSON. `allowed` has rows of users and of domains, `limits` of domains and of the accounts of their programs,
 * `unlocked` of users and of those accounts, `programs` the account of a domain's programs, `forwarding` who forwards or
 * answers by the number of his uid, `rejected` is of users.
 */
export const tables = [
  'allowed',
  'rejected',
  'limits',
  'unlocked',
  'programs',
  'forwarding',
] as const

type Row = readonly [key: string, value: unknown]

/** Users for whom nothing was set have no row. */
export function domainTables(domain: DesiredDomain, { hostname }: DesiredServer): TableResource[] {
  const programs = `${domain.unixName}@${hostname}`
  const users = domain.mailboxes.flatMap((mailbox) =>
    addresses(mailbox, domain).map((address) => ({ address, mailbox }))
  )
  const filled = (list: 'allowedSenders' | 'rejectedSenders') =>
    users
      .filter(({ mailbox }) => mailbox[list].length > 0)
      .map(({ address, mailbox }): Row => [address, mailbox[list]])
  return [
    table('allowed', [...ofDomain(domain), ...filled('allowedSenders')]),
    table('rejected', filled('rejectedSenders')),
    table(
      'limits',
      [domain.name, programs].map((name): Row => [name, limitsOf(domain)])
    ),
    table('programs', [[domain.name, programs]]),
    table(
      'forwarding',
      domain.mailboxes.flatMap((mailbox) => ofForwarding(mailbox, domain))
    ),
    table(
      'unlocked',
      [
        [programs, domain.programsUnlockedAt] as const,
        ...domain.mailboxes.map(
          ({ localPart, sendingUnlockedAt }) =>
            [`${localPart}@${domain.name}`, sendingUnlockedAt] as const
        ),
      ].filter(([, at]) => at > 0)
    ),
  ]
}

/** MAIL-11: in the order in which they are forwarded to. */
function ofForwarding(mailbox: DesiredMailbox, domain: DesiredDomain): Row[] {
  if (mailbox.forward === null && mailbox.vacation === null) return []
  const to = othersOf(mailbox, domain)
  return [[String(mailbox.uid), { mailbox: `${mailbox.localPart}@${domain.name}`, to }]]
}

export const emptyTables = (): TableResource[] => tables.map((name) => table(name, []))

const ofDomain = ({ name, allowedSenders }: DesiredDomain): Row[] =>
  allowedSenders.length > 0 ? [[name, allowedSenders]] : []

const limitsOf = ({ sendingLimits }: DesiredDomain) => ({
  hour: sendingLimits.perHour,
  day: sendingLimits.perDay,
})

/** Postfix asks about the address that was given: what is sent to `postmaster` goes by the admin's lists (MAIL-01). */
function addresses({ localPart }: DesiredMailbox, { name }: DomainHead): string[] {
  const names = localPart === 'admin' ? ['admin', ...adminAliases] : [localPart]
  return names.map((one) => `${one}@${name}`)
}

function table(name: (typeof tables)[number], of: readonly Row[]): TableResource {
  return {
    kind: 'table',
    database: listDatabase,
    table: name,
    rows: rows(of.map(([key, value]) => [key, JSON.stringify(value)] as const)),
  }
}
