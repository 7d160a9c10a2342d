import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { ComputeError } from '#compute/errors'
import Server from '#models/server'
import ServerAddress from '#models/server_address'

/**
 * Gives a server an address of its node's pool for as long as it exists; the one it has when it has
 * one.
 */
export async function takeAddress(
  serverId: number,
  client: TransactionClientContract
): Promise<string> {
  const server = await Server.lock(serverId, client)
  if (server.address) return server.address
  const address = await ServerAddress.take(server, client)
  if (!address) {
    throw new ComputeError('exhausted', `compute node ${server.computeNodeId} has no free address`)
  }
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
