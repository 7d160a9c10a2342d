import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import { providerFor } from '#models/actor'
import Domain from '#models/domain'
import { stopCertificateWithin } from '#models/domain/https'
import OperationLog from '#models/operation_log'
import type Server from '#models/server'

/** OPT-03: one more of its node's pool, for certificates. By a guarded update: two servers can't get the same. */
export async function addAddress(
  { id, computeNodeId }: Server,
  client: TransactionClientContract
): Promise<string> {
  for (;;) {
    const free = await client
      .from('server_addresses')
      .where('compute_node_id', computeNodeId)
      .whereNull('server_id')
      .orderBy('id')
      .forUpdate()
      .first()
    if (!free) throw new Refusal('no_address_to_add')
    const taken = await client
      .from('server_addresses')
      .where('id', free.id)
      .whereNull('server_id')
      .update({ server_id: id })
    if (Number(taken) > 0) return free.address
  }
}

/**
 * ORD-04: back to the pool. https stops on all domains of the server; http goes on at its first address, which is the one
 * that is never given back here.
 */
export async function removeAddedAddress(
  server: Server,
  address: string,
  client: TransactionClientContract
): Promise<void> {
  if (address === server.address) throw new Error(`${address} is the first of ${server.name}`)
  await client
    .from('server_addresses')
    .where({ server_id: server.id, address })
    .update({ server_id: null })
  const domains = await Domain.query({ client })
    .where('serverId', server.id)
    .whereNull('deletedAt')
    .orderBy('id')
  const stopped: Domain[] = []
  for (const domain of domains)
    if (await stopCertificateWithin(domain, client)) stopped.push(domain)
  if (stopped.length === 0) return
  const author = providerFor(server.contractId, 'system')
  const lines = stopped.map(({ id, unicodeName }) => ({
    action: 'certificate_use.destroy',
    target: unicodeName,
    domainId: id,
  }))
  await OperationLog.recordAll(author, lines, client)
  const domainIds = stopped.map(({ id }) => id)
  await server.requestApply({ reason: `global_ip_cancellation ${address}`, domainIds }, client)
}
