import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import { operate, unchanged } from '#models/operation'
import PrivateNetwork from '#models/private_network'
import Server from '#models/server'
import Task from '#models/task'

/** NET-01: disconnecting resets the server firewall. Answers whether anything changed. */
export async function setGlobalConnection(server: Server, isConnected: boolean, actor: Actor) {
  const action = isConnected ? 'global_connection.store' : 'global_connection.destroy'
  const result = await operate(actor, { action, target: server.name }, async (client) => {
    const now = await Server.lock(server.id, client)
    refuseUnready(now)
    if (now.globalConnected === isConnected) return unchanged
    await now.merge({ globalConnected: isConnected }).save()
    if (!isConnected) await client.from('firewall_rules').where('server_id', now.id).delete()
    const reason = `${action} ${now.name}`
    await now.requestApply({ reason, domainIds: [], by: actor.by }, client)
  })
  return result !== unchanged
}

/** NET-02: an address of the contract's own network for the server, or none. Answers whether anything changed. */
export async function setPrivateConnection(server: Server, isConnected: boolean, actor: Actor) {
  const action = isConnected ? 'private_connection.store' : 'private_connection.destroy'
  const result = await operate(actor, { action, target: server.name }, async (client) => {
    const network = isConnected ? await PrivateNetwork.provide(server.contractId, client) : null
    const now = await Server.lock(server.id, client)
    refuseUnready(now)
    if (now.kind === 'physical') throw new Refusal('private_network_not_for_physical')
    if ((now.privateAddress !== null) === isConnected) return unchanged
    const privateAddress = network && (await network.freeAddress(client))
    await now.merge({ privateAddress }).save()
    await requestCard(now, actor, client)
  })
  return result !== unchanged
}

/** There is a machine that can be told. */
export function refuseUnready(server: Server) {
  if (server.isEnded) throw new Refusal('power_server_is_ended')
  if (server.state === 'building' || server.state === 'failed') {
    throw new Refusal('power_server_is_not_ready')
  }
}

/** NET-03: SSL is set up for one of its domains. */
export async function hasCertificate(
  serverId: number,
  client: TransactionClientContract
): Promise<boolean> {
  const found = await client
    .from('domains')
    .where('server_id', serverId)
    .whereNull('deleted_at')
    .whereNotNull('certificate_id')
    .select('id')
    .first()
  return Boolean(found)
}

/** Its rows go with the server. */
export async function forgetNetworks(serverId: number, client: TransactionClientContract) {
  await client.from('firewall_rules').where('server_id', serverId).delete()
  await client.from('servers').where('id', serverId).update({ private_address: null })
}

/** First the card, then what is inside. */
function requestCard({ id, name }: Server, { by }: Actor, client: TransactionClientContract) {
  const payload = { serverId: id, reason: `private_connection.update ${name}` }
  const lockKey = `server:${id}`
  const task = { kind: 'set_private_card', payload, lockKey, serverId: id, accountId: by.id }
  return Task.enqueue(task, client)
}
