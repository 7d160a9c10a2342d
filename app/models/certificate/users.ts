import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { certificatePolicy } from '#config/certificates'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import type Certificate from '#models/certificate'
import Domain from '#models/domain'
import Server from '#models/server'

/**
 * Domains that serve a certificate, and `also` one that is about to; their servers are locked, always in
 * the same order.
 */
export async function usersOf(
  { id }: Certificate,
  client: TransactionClientContract,
  also?: Domain
): Promise<Domain[]> {
  const users = await Domain.query({ client })
    .where('certificateId', id)
    .whereNull('deletedAt')
    .orderBy('id')
  const all = also && !users.some((user) => user.id === also.id) ? [...users, also] : users
  const servers = [...new Set(all.map(({ serverId }) => serverId))].toSorted((a, b) => a - b)
  for (const server of servers) await Server.lock(server, client)
  return all
}

/** One apply for each of their servers, within the transaction of the change. */
export async function applyTo(
  domains: readonly Domain[],
  reason: string,
  { by }: Partial<Actor>,
  client: TransactionClientContract
) {
  const byServer = Map.groupBy(domains, ({ serverId }) => serverId)
  for (const [serverId, of] of byServer) {
    const server = await Server.findOrFail(serverId, { client })
    await server.requestApply({ reason, domainIds: of.map(({ id }) => id), by }, client)
  }
}

/** DOM-02: none for names that the provider gives out. OPT-05: a provider may want an address for each. */
export async function refuseUnentitled(
  domain: Domain,
  server: Server,
  client: TransactionClientContract
) {
  await server.refuseGone(domain, client)
  if (domain.kind === 'ready') throw new Refusal('ready_domain_has_no_certificate')
  if (!certificatePolicy.needsAddedAddress) return
  const [{ total }] = await client
    .from('server_addresses')
    .where('server_id', server.id)
    .count('* as total')
  if (Number(total) < 2) throw new Refusal('server_needs_an_address')
}
