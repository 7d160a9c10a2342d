import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { Day } from '#calendar/day'
import { Refusal } from '#exceptions/refusals'
import Domain from '#models/domain'
import Order from '#models/order'
import Server from '#models/server'
import { openStates } from '#orders/state'
import Task from '#models/task'
import { publishNames } from '#models/zone/publication'

/** One that was given up before anybody could use it: nothing of a customer's is on it, whatever is left of its machine. */
export async function isUnfinished(server: Server, client?: TransactionClientContract) {
  if (server.state !== 'failed' || server.kind !== 'virtual') return false
  return !(await Domain.query({ client }).where('serverId', server.id).first())
}

/** SRV-01: what a creation that was given up left behind goes, as soon as its node answers again. */
export function requestClearing({ id }: Server, client?: TransactionClientContract) {
  return Task.enqueue({ ...taskOf('clear_build', id), maxAttempts: 40 }, client)
}

/** Nothing of its machine is left: its address is free for others. */
export async function clearUnfinished(id: number, client: TransactionClientContract) {
  const server = await Server.lock(id, client)
  if (!(await isUnfinished(server, client))) return
  await client.from('server_addresses').where('server_id', id).update({ server_id: null })
  await server.merge({ address: null, hostKey: null, machineStatus: null }).save()
  await publishNames({ server: { hostname: server.hostname } }, client)
}

/** By staff, who has looked at what was wrong. The order goes on where it waited. */
export async function buildAgain({ id }: Server, client: TransactionClientContract): Promise<Task> {
  const server = await Server.lock(id, client)
  await refuseFinished(server, client)
  const order = await Order.query({ client })
    .where({ serverId: id, state: 'working' })
    .whereIn('kind', ['server_addition', 'first_virtual_server'])
    .first()
  await server.merge({ state: 'building' }).save()
  return server.requestBuild({ orderId: order?.id }, client)
}

/** By staff: it will not be. Its order is rejected before, so that the customer knows. */
export async function giveUp({ id }: Server, client: TransactionClientContract): Promise<Task> {
  const server = await Server.lock(id, client)
  await refuseFinished(server, client)
  const order = await Order.query({ client })
    .where({ serverId: id })
    .whereIn('state', [...openStates])
    .first()
  if (order) throw new Refusal('server_is_still_ordered')
  const removesAt = DateTime.utc()
  const endedOn = Day.at(new Date()).toString()
  await server.merge({ state: 'ended', endedOn, removesAt }).save()
  return Task.enqueue(taskOf('remove_server', id), client)
}

async function refuseFinished(server: Server, client: TransactionClientContract) {
  if (!(await isUnfinished(server, client))) throw new Refusal('server_is_not_unfinished')
}

function taskOf(kind: string, serverId: number) {
  return { kind, payload: { serverId }, lockKey: `server:${serverId}`, serverId }
}
