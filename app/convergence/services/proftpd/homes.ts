import { createHash } from 'node:crypto'
import type { DesiredDomain, DesiredMailbox } from '#convergence/desired_server'
import type { TableResource } from '#convergence/resource'
import { addressOf, userDatabase } from '#convergence/services/dovecot/users'
import { rows } from '#convergence/syntax/map_rows'

/** Beside the rows that say who has a mailbox and which password: together they are the users of FTP. */
export const table = 'ftp_homes'

/** Before the first domain is there. */
export const noHomes: TableResource = { kind: 'table', database: userDatabase, table, rows: [] }

/**
 * Only users for whom something is other than usual, so that an added user adds nothing here: who has the right and
 * sees the domain's tree, and who is suspended, so that he is signed out. The usual place is the user's home.
 */
export function homesOf(domain: DesiredDomain): TableResource {
  const unusual = domain.mailboxes.filter(({ ftpRight, suspended }) => ftpRight || suspended)
  return {
    ...noHomes,
    rows: rows(
      unusual.map((mailbox) => [
        addressOf(mailbox, domain),
        JSON.stringify(homeOf(mailbox, domain)),
      ])
    ),
  }
}

/** With a mark of the password: who came in with the old one is out when there is a new one. */
function homeOf({ suspended, passwordHash }: DesiredMailbox, { root }: DesiredDomain) {
  if (suspended) return { root: null }
  return { root, password: createHash('sha256').update(passwordHash).digest('hex').slice(0, 16) }
}
