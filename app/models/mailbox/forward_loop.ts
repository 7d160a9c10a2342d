import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { chunked } from '#models/batches'
import { isAliasOfAdmin } from '#models/mailbox/local_part'

/** A user of this panel that a forwarded message would reach. */
export interface Stop {
  readonly mailboxId: number
  readonly domainId: number
  readonly contractId: number
  readonly address: string
  /** How it got here; undefined for the first one. */
  readonly from?: Stop
}

/** As many as Postfix lets a message travel (`hopcount_limit`): what is longer ends by itself. */
export const farthest = 50

/**
 * MAIL-07: looks along the forwards of all users of this panel whether what `start` forwards to leads
 * back to it. Answers the way in addresses, from the first target on, or null. Two queries a step.
 * Called after the forwards were written: what it reads nobody else changes until the transaction
 * ends, so of two people who close a loop at the same moment one waits and then sees it.
 */
export async function findLoop(
  start: { readonly mailboxId: number },
  targets: readonly string[],
  client: TransactionClientContract
): Promise<Stop[] | null> {
  const visited = new Set<number>()
  let edges: { to: string; from?: Stop }[] = targets.map((to) => ({ to }))
  for (let hop = 0; hop < farthest && edges.length > 0; hop++) {
    const stops = await stopsOf(edges, client)
    const end = stops.find(({ mailboxId }) => mailboxId === start.mailboxId)
    if (end) return wayTo(end)
    const fresh = stops.filter(({ mailboxId }) => !visited.has(mailboxId))
    fresh.forEach(({ mailboxId }) => visited.add(mailboxId))
    edges = await forwardsOf(fresh, client)
  }
  return null
}

function wayTo(end: Stop): Stop[] {
  return end.from ? [...wayTo(end.from), end] : [end]
}

/** The users that have these addresses; everybody once. */
async function stopsOf(
  edges: readonly { to: string; from?: Stop }[],
  client: TransactionClientContract
): Promise<Stop[]> {
  const edgeOf = new Map(edges.map((edge) => [ownerOf(edge.to), edge]))
  const stops = new Map<number, Stop>()
  for (const owners of chunked([...edgeOf.keys()])) {
    const rows = await client
      .from('accounts')
      .whereIn('login', owners)
      .whereNotNull('mailbox_id')
      .select('login', 'mailbox_id', 'domain_id', 'contract_id')
    for (const row of rows) {
      const { to: address, from } = edgeOf.get(row.login)!
      const { mailbox_id: mailboxId, domain_id: domainId, contract_id: contractId } = row
      stops.set(mailboxId, { mailboxId, domainId, contractId, address, from })
    }
  }
  return [...stops.values()]
}

async function forwardsOf(stops: readonly Stop[], client: TransactionClientContract) {
  const byId = new Map(stops.map((stop) => [stop.mailboxId, stop]))
  const edges: { to: string; from?: Stop }[] = []
  for (const ids of chunked([...byId.keys()])) {
    const rows = await client
      .from('mailbox_forwards')
      .whereIn('mailbox_id', ids)
      .forShare()
      .select('mailbox_id', 'address')
    edges.push(...rows.map((row) => ({ to: row.address, from: byId.get(row.mailbox_id)! })))
  }
  return edges
}

/** `webmaster@` and the like are the admin's (MAIL-01). */
export function ownerOf(address: string) {
  const at = address.lastIndexOf('@')
  return isAliasOfAdmin(address.slice(0, at)) ? `admin${address.slice(at)}` : address
}
