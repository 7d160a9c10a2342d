import db from '@adonisjs/lucid/services/db'
import type Account from '#models/account'
import type Domain from '#models/domain'
import type Mailbox from '#models/mailbox'
import { isAliasOfAdmin } from '#models/mailbox/local_part'

/** Users of this panel whose mail would have nowhere to go. */
export interface Forwarders {
  /** The first of those that whoever asks may know. */
  readonly addresses: readonly string[]
  /** Further ones of the same kind. */
  readonly more: number
  /** Of other customers, whose addresses are told to nobody. */
  readonly foreign: number
}

const shown = 20

/**
 * MAIL-07: who forwards to users that are about to be deleted, other than these themselves. Told like
 * the way of a loop: a contractor's own addresses to him, a domain's to its admin.
 */
export async function forwardersTo(
  mailboxes: readonly Mailbox[],
  domain: Domain,
  by: Account
): Promise<Forwarders> {
  // Then his mail follows the MX, whether he is here or not
  if (domain.outMx) return { addresses: [], more: 0, foreign: 0 }
  const ids = mailboxes.map(({ id }) => id)
  const addresses = mailboxes.map(({ localPart }) => `${localPart}@${domain.name}`)
  const all = () =>
    db
      .from('mailbox_forwards')
      .join('mailboxes', 'mailboxes.id', 'mailbox_forwards.mailbox_id')
      .join('domains', 'domains.id', 'mailboxes.domain_id')
      .whereIn('mailbox_forwards.address', addresses)
      .whereNotIn('mailboxes.id', ids)
      .whereNull('domains.deleted_at')
  const his = () =>
    by.isContractor
      ? all().where('domains.contract_id', by.contractId)
      : all().where('domains.id', domain.id)

  const rows = await his()
    .distinct('mailboxes.local_part', 'domains.unicode_name')
    .orderBy(['domains.unicode_name', 'mailboxes.local_part'])
    .limit(shown)
  const known = await countOf(his())
  return {
    addresses: rows.map((row) => `${row.local_part}@${row.unicode_name}`),
    more: known - rows.length,
    foreign: (await countOf(all())) - known,
  }
}

async function countOf(query: ReturnType<typeof db.from>) {
  const [{ total }] = await query.countDistinct('mailboxes.id as total')
  return Number(total)
}

/** Which of a user's targets are in his own domain and belong to nobody: mail to them comes back. */
export async function deadTargetsOf(addresses: readonly string[], domain: Domain) {
  if (domain.outMx) return []
  const end = `@${domain.name}`
  const here = addresses.filter((address) => {
    return address.endsWith(end) && !isAliasOfAdmin(address.slice(0, -end.length))
  })
  if (here.length === 0) return []
  const localParts = here.map((address) => address.slice(0, -end.length))
  const present = await db
    .from('mailboxes')
    .where('domain_id', domain.id)
    .whereIn('local_part', localParts)
    .select('local_part')
  const users = new Set(present.map((row) => `${row.local_part}${end}`))
  return here.filter((address) => !users.has(address))
}
