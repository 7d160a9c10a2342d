import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import type { StaffAuthor } from '#models/actor'
import ComputeNode from '#models/compute_node'
import Contract from '#models/contract'
import type Order from '#models/order'
import type { OrderAuthor } from '#models/order/author'
import PhysicalMachine from '#models/physical_machine'
import Server from '#models/server'

/** Orders that a machine of the stock fulfils. */
export const physicalOrderKinds = ['first_physical_server', 'physical_server_addition'] as const

export interface Assignment {
  readonly contractId: number
  readonly description?: string
  readonly orderId?: number
}

/**
 * SRV-02: a machine of the stock becomes the server that was ordered. Its fees begin when staff say that the order is done, on the
 * day that was agreed on; until then it is made what the panel's servers are.
 */
export async function assignToOrder(
  machineId: number,
  order: Order,
  author: OrderAuthor,
  by: StaffAuthor = { staff: null }
): Promise<void> {
  await order.change(async (row, client) => {
    refuseOther(row)
    const { plan, description } = row.facts
    const machine = await PhysicalMachine.lock(machineId, client)
    if (machine.plan !== plan) throw new Refusal('machine_plan_differs', 'machine_id')
    if (row.state !== 'working') await row.become('working', { what: 'working' }, author, client)
    const wish = { contractId: row.contractId, description, orderId: row.id }
    const server = await become(machine, wish, client)
    await row.useTransaction(client).merge({ serverId: server.id, subject: server.name }).save()
    await machine.log('order_machine.store', by, client, { order: row.id, server: server.name })
  })
}

/** Without an order: what was agreed on otherwise. Nothing is charged. */
export function assignToContract(machineId: number, wish: Assignment): Promise<Server> {
  return db.transaction(async (client) => {
    const machine = await PhysicalMachine.lock(machineId, client)
    const server = await become(machine, wish, client)
    await machine.log('order_machine.store', { staff: null }, client, { server: server.name })
    return server
  })
}

async function become(
  machine: PhysicalMachine,
  { contractId, description, orderId }: Assignment,
  client: TransactionClientContract
): Promise<Server> {
  if (machine.state !== 'stock') throw new Refusal('machine_is_not_in_stock', 'machine_id')
  const { plan, address, sshPort, hostKey } = machine
  const contract = await Contract.findOrFail(contractId, { client })
  const node = await adoptedNode(client)
  const place = { address, sshPort, hostKey }
  const server = await Server.make({ contract, node, plan, description, orderId, place }, client)
  await machine.merge({ state: 'assigned', serverId: server.id }).save()
  return server
}

/** All of them are on one node: the provider's own floor. */
async function adoptedNode(client: TransactionClientContract): Promise<ComputeNode> {
  const there = await ComputeNode.query({ client }).where('driver', 'adopted').first()
  return there ?? ComputeNode.create({ name: 'adopted', driver: 'adopted' }, { client })
}

function refuseOther(order: Order) {
  if (!(physicalOrderKinds as readonly string[]).includes(order.kind))
    throw new Refusal('machine_order_is_other')
  if (!order.isOpen || order.state === 'incomplete') throw new Refusal('order_is_otherwise_by_now')
  if (order.serverId) throw new Refusal('machine_order_has_one')
}
