import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import { providerFor } from '#models/actor'
import Domain from '#models/domain'
import { stopCertificateWithin } from '#models/domain/https'
import OperationLog from '#models/operation_log'
import type Server from '#models/server'
import ServerAddress from '#models/server_address'
import Task from '#models/task'

/** OPT-03: beside the first one, in the order in which they came. */
export async function addedAddressesOf(
  { id, address }: Server,
  client?: TransactionClientContract
): Promise<string[]> {
  const rows = await ServerAddress.query({ client }).where('serverId', id).orderBy('id')
  return rows.map((row) => row.address).filter((each) => each !== address)
}

/** NET-01: 201 with the first one. */
export const mostAddedAddresses = 200

/** One more of its node's pool. Call with the locked server. */
export async function takeAddedAddress(
  server: Server,
  client: TransactionClientContract
): Promise<string> {
  const present = await addedAddressesOf(server, client)
  if (present.length >= mostAddedAddresses) throw addressesAreFull()
  const address = await ServerAddress.take(server, client)
  if (!address) throw new Refusal('no_address_to_add')
  return address
}

export function addressesAreFull() {
  return new Refusal('server_has_all_addresses', null, { most: mostAddedAddresses + 1 })
}

interface AddressTask {
  /** That is done when the machine has it. */
  readonly orderId?: number
  /** Goes back to the pool when the machine has let go of it: nobody else may have it before. */
  readonly released?: string
}

/** The machine's cards are made what the rows say. */
export function requestAddresses(
  { id: serverId }: Server,
  wish: AddressTask,
  client: TransactionClientContract
) {
  const payload = { serverId, ...wish }
  const lockKey = `server:${serverId}`
  return Task.enqueue({ kind: 'set_addresses', payload, lockKey, serverId }, client)
}

/**
 * ORD-04: https stops on all domains of the server; http goes on at its first address, which is the one that is never
 * given back here.
 */
export async function releaseAddedAddress(
  server: Server,
  address: string,
  client: TransactionClientContract
): Promise<void> {
  if (address === server.address) throw new Error(`${address} is the first of ${server.name}`)
  const domains = await Domain.query({ client })
    .where('serverId', server.id)
    .whereNull('deletedAt')
    .orderBy('id')
  const stopped: Domain[] = []
  for (const domain of domains) {
    if (await stopCertificateWithin(domain, client)) stopped.push(domain)
  }
  const author = providerFor(server.contractId, 'system')
  const lines = stopped.map(({ id, unicodeName }) => ({
    action: 'certificate_use.destroy',
    target: unicodeName,
    domainId: id,
  }))
  await OperationLog.recordAll(author, lines, client)
  await requestAddresses(server, { released: address }, client)
}
