import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { ComputeError } from '#compute/errors'
import Server from '#models/server'

/**
 * Gives a server an address of its node's pool for as long as it exists; the one it has when it has
 * one. The row is taken by a guarded update: two servers can't get the same.
 */
export async function takeAddress(
  serverId: number,
  client: TransactionClientContract
): Promise<string> {
  const server = await Server.lock(serverId, client)
  if (server.address) return server.address
  const address = await takeFree(server, client)
  await server.merge({ address }).useTransaction(client).save()
  return address
}

export async function releaseAddresses(
  serverId: number,
  client: TransactionClientContract
): Promise<void> {
  await client.from('server_addresses').where('server_id', serverId).update({ server_id: null })
  await client.from('servers').where('id', serverId).update({ address: null })
}

async function takeFree(server: Server, client: TransactionClientContract): Promise<string> {
  const nodeId = server.computeNodeId
  for (;;) {
    const free = await client
      .from('server_addresses')
      .where('compute_node_id', nodeId)
      .whereNull('server_id')
      .orderBy('id')
      .forUpdate()
      .first()
    if (!free) throw new ComputeError('exhausted', `compute node ${nodeId} has no free address`)
    const taken = await client
      .from('server_addresses')
      .where('id', free.id)
      .whereNull('server_id')
      .update({ server_id: server.id })
    if (Number(taken) > 0) return free.address
  }
}
