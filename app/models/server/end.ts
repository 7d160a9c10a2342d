import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import type { Day } from '#calendar/day'
import { serverGraceDays } from '#config/domains'
import Domain from '#models/domain'
import DomainDeletion from '#models/domain_deletion'
import PhysicalMachine from '#models/physical_machine'
import Server from '#models/server'
import { forgetNetworks } from '#models/server/network'
import { sqlTime } from '#models/task/clock'
import Task from '#models/task'
import { publishNames } from '#models/zone/publication'

/** States of servers that customers have no more. */
export const endedStates = ['ended', 'removed'] as const

/**
 * ORD-04: the day after its last one. Sites and mail stop, the people of its domains are signed out, and it
 * disappears from the customer's pages. Nothing is lost until `removesAt`: staff can look after what was forgotten.
 */
export async function endServer(
  server: Server,
  lastDay: Day,
  client: TransactionClientContract
): Promise<void> {
  const removesAt = DateTime.utc().plus({ days: serverGraceDays })
  for (const { id: domainId, contractId } of await presentDomains(server.id, client)) {
    const row = { domainId, contractId, requestedBy: 'system', endsAt: removesAt }
    await DomainDeletion.create(row, { client })
  }
  // Otherwise deletions that wait already would still be carried out on a machine that no longer answers
  await client
    .from('domain_deletions')
    .whereIn('domain_id', client.from('domains').where('server_id', server.id).select('id'))
    .update({ ends_at: sqlTime(removesAt.toMillis()) })
  const ended = { state: 'ended', endedOn: lastDay.toString(), removesAt } as const
  await server.useTransaction(client).merge(ended).save()
  await cancelWaitingTasks(server.id, client)
  await Task.enqueue(taskOf('stop_server', server.id), client)
}

function presentDomains(serverId: number, client: TransactionClientContract) {
  const waiting = client.from('domain_deletions').select('domain_id')
  return Domain.query({ client })
    .where('serverId', serverId)
    .whereNull('deletedAt')
    .whereNotIn('id', waiting)
    .orderBy('id')
}

/** Applies that were queued before would wake nobody. */
function cancelWaitingTasks(serverId: number, client: TransactionClientContract) {
  return client
    .from('tasks')
    .where({ server_id: serverId, kind: 'converge_server', state: 'queued' })
    .update({ state: 'cancelled', unique_key: null, finished_at: sqlTime() })
}

/** Servers whose time has come; each by a task of its own. */
export async function removeEndedServers(now = DateTime.utc()): Promise<number> {
  const due = await Server.query()
    .where('state', 'ended')
    .where('removesAt', '<=', now.toSQL()!)
    .orderBy('id')
  for (const { id } of due) {
    await Task.enqueue({ ...taskOf('remove_server', id), uniqueKey: `remove_server:${id}` })
  }
  return due.length
}

/** What a row that is only there for the books says of its machine. */
const nothing = {
  address: null,
  privateAddress: null,
  hostKey: null,
  machineStatus: null,
  diskUsedMb: null,
}

/**
 * Its machine is gone: so are its domains, with their names free again, and its addresses. The row stays, because
 * orders and statements tell of it.
 */
export function forgetServer(serverId: number): Promise<void> {
  return db.transaction(async (client) => {
    const server = await Server.lock(serverId, client)
    const ids = await releaseDomainsWithin(serverId, client)
    await Domain.forget(ids, client)
    await forgetNetworks(serverId, client)
    await client.from('server_addresses').where('server_id', serverId).update({ server_id: null })
    for (const table of ['manifest_entries', 'firewall_rules'])
      await client.from(table).where('server_id', serverId).delete()
    await server.merge({ state: 'removed', ...nothing }).save()
    await PhysicalMachine.release(serverId, client)
    await publishNames({ server: { hostname: server.hostname } }, client)
  })
}

/** All of them are being deleted from now on; what the next apply takes from a machine that is kept. */
export function releaseDomains(serverId: number): Promise<readonly number[]> {
  return db.transaction(async (client) => {
    await Server.lock(serverId, client)
    return releaseDomainsWithin(serverId, client)
  })
}

async function releaseDomainsWithin(serverId: number, client: TransactionClientContract) {
  const domains = await Domain.query({ client }).where('serverId', serverId).orderBy('id')
  for (const domain of domains) {
    if (!domain.isBeingDeleted) await domain.useTransaction(client).release(client)
    await domain.useTransaction(client).save()
  }
  return domains.map(({ id }) => id)
}

function taskOf(kind: string, serverId: number) {
  return { kind, payload: { serverId }, lockKey: `server:${serverId}`, serverId }
}
