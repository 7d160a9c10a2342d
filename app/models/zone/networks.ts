import type { TransactionClientContract } from '@adonisjs/lucid/types/database'

type Client = Pick<TransactionClientContract, 'from'>

/**
 * OPT-10: whether somebody else's address, or one of the provider's own, lies in what a reverse zone is about. Whoever has
 * the zone says what the names of these addresses are, which others' mail depends on.
 */
export async function isOthersNetwork(ascii: string, contractId: number, client: Client) {
  const prefix = prefixOf(ascii)
  if (prefix === null) return false
  const found = await Promise.all([
    client
      .from('servers')
      .where('address', 'like', `${prefix}%`)
      .whereNot('contract_id', contractId)
      .first(),
    client
      .from('server_addresses')
      .leftJoin('servers', 'servers.id', 'server_addresses.server_id')
      .where('server_addresses.address', 'like', `${prefix}%`)
      .where((others) =>
        others.whereNull('server_addresses.server_id').orWhereNot('servers.contract_id', contractId)
      )
      .select('server_addresses.id')
      .first(),
    client.from('name_servers').where('address', 'like', `${prefix}%`).first(),
  ])
  return found.some(Boolean)
}

/** `113.0.203.in-addr.arpa`, `0-127.113.0.203.in-addr.arpa` → `203.0.113.`; null for what is no such zone. */
function prefixOf(ascii: string) {
  const found = /^(?:[^.]+\.)??((?:\d{1,3}\.){2,3})in-addr\.arpa$/.exec(ascii)
  if (!found) return null
  return `${found[1].split('.').filter(Boolean).reverse().join('.')}.`
}
