import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import ComputeNode from '#models/compute_node'

/** SRV-01: the node with the most free addresses. A server that has none is never promised. */
export async function roomiestNode(client: TransactionClientContract): Promise<ComputeNode> {
  const found = await client
    .from('server_addresses')
    .join('compute_nodes', 'compute_nodes.id', 'server_addresses.compute_node_id')
    .whereNull('server_addresses.server_id')
    .whereNull('server_addresses.reserved_for')
    .whereNot('compute_nodes.driver', 'adopted')
    .groupBy('compute_nodes.id')
    .select('compute_nodes.id')
    .count('* as free')
    .orderBy('free', 'desc')
    .orderBy('compute_nodes.id')
    .first()
  if (!found) throw new Refusal('no_room_for_a_server')
  return ComputeNode.findOrFail(found.id, { client })
}
