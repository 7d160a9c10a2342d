import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Day } from '#calendar/day'
import { Refusal } from '#exceptions/refusals'
import Domain from '#models/domain'
import Fee from '#models/fee'
import Option from '#models/option'
import Order from '#models/order'
import { system } from '#models/order/author'
import Server from '#models/server'
import { endServer } from '#models/server/end'
import { endOption } from '#orders/effects/options'
import type { Ending, OrderKind } from '#orders/kind'
import { nameOf } from '#orders/kinds/cancellation'
import { openStates } from '#orders/state'
import { word } from '#orders/words'

/**
 * ORD-04: 即日～翌月末, today only until 17:00; physical servers by form (ORD-05). All options of its domains end with it. Its
 * last day is the one that was chosen, so it ends at midnight after it.
 */
export const serverCancellation: OrderKind = {
  name: 'server_cancellation',
  requirement: 'ORD-04',
  group: 'server',
  subject: 'server',
  door: 'both',
  isFormOnly: ({ server }) => server?.kind === 'physical',
  cancels: 'server',
  lead: () => ({ kind: 'today_until_end_of_next_month', untilHour: 17 }),
  dueAt: (day) => day.plus(1).time(0),
  fields: {},
  admit: async ({ server, role }) => {
    if (role !== 'staff' && server!.kind === 'physical') throw new Refusal('order_by_form_only')
  },
  ends: ({ server }, client) => endingsOf(server!, client),
  work: 'machine',
  perform: async (order, client) => {
    const server = await Server.lock(order.serverId!, client)
    const lastDay = Day.of(order.dueOn!)
    for (const option of await optionsOf(server, client)) {
      await endOption(option, lastDay, order, client)
    }
    await withdrawOthers(order, client)
    await Fee.end({ serverId: server.id }, lastDay, client)
    if (!server.isEnded) await endServer(server, lastDay, client)
  },
}

async function endingsOf(server: Server, client?: TransactionClientContract): Promise<Ending[]> {
  const domains = await domainsOf(server, client)
  const options = await optionsOf(server, client)
  const orders = await openOrders(server.id, client)
  return [
    { kind: 'server', name: server.name },
    ...domains.map(({ unicodeName }) => ({ kind: 'domain', name: unicodeName })),
    ...options.map((option) => ({ kind: option.kind, name: nameOf(option) })),
    ...orders
      .filter(({ kind }) => kind !== 'server_cancellation')
      .map(({ kind, subject }) => ({ kind, name: `${subject}${word('ordered')}` })),
  ]
}

/** On the server, in its domains, and the upkeep of their names (M 3.2: すべて同時に解約). */
async function optionsOf(server: Server, client?: TransactionClientContract): Promise<Option[]> {
  const domains = await domainsOf(server, client)
  const ids = domains.map(({ id }) => id)
  const options = await Option.query({ client })
    .where('contractId', server.contractId)
    .whereNull('endedOn')
    .where((any) => {
      any.where('serverId', server.id).orWhereIn('domainId', ids)
      any.orWhere('kind', 'domain_maintenance')
    })
    .orderBy('id')
  const names = new Set(domains.map(({ name }) => name))
  return options.filter(
    ({ kind, serverId, domainId, facts }) =>
      kind !== 'domain_maintenance' || serverId || domainId || names.has(String(facts.ascii))
  )
}

function domainsOf(server: Server, client?: TransactionClientContract) {
  return Domain.query({ client })
    .where('serverId', server.id)
    .whereNull('deletedAt')
    .orderBy('reversedName')
}

function openOrders(serverId: number, client?: TransactionClientContract) {
  return Order.query({ client })
    .where('serverId', serverId)
    .whereIn('state', [...openStates])
    .orderBy('id')
}

/** What was ordered before, and was due later than the server's end: nobody does it any more. */
async function withdrawOthers(cancellation: Order, client: TransactionClientContract) {
  for (const { id } of await openOrders(cancellation.serverId!, client)) {
    if (id === cancellation.id) continue
    const order = await Order.lock(id, client)
    const text = word('ended_with_server')
    const next = order.state === 'working' ? 'rejected' : 'withdrawn'
    if (order.isOpen) await order.become(next, { what: next, text }, system, client)
  }
}
