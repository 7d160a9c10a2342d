import vine from '@vinejs/vine'
import { Day } from '#calendar/day'
import {
  addedAddressesOf,
  addressesAreFull,
  mostAddedAddresses,
  releaseAddedAddress,
  requestAddresses,
  takeAddedAddress,
} from '#models/server/added_address'
import { Refusal } from '#exceptions/refusals'
import type { PriceUse } from '#models/fee/cost'
import Option from '#models/option'
import Order from '#models/order'
import Server from '#models/server'
import { beginOption } from '#orders/effects/options'
import type { OrderKind, Wish } from '#orders/kind'
import { appliedOn, cancellationOf, end } from '#orders/kinds/cancellation'
import { refuseNotServing } from '#orders/kinds/refusals'
import { sslKinds } from '#orders/kinds/ssl'
import { word } from '#orders/words'
import { openStates } from '#orders/state'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'

interface GlobalIp {
  /** The order for a certificate on whose day it is done. */
  readonly ssl_order: number
}

type Client = TransactionClientContract

/** Nothing was taken for them yet. */
const unstartedStates = ['received', 'incomplete', 'waiting']

const prices: readonly PriceUse[] = [{ code: 'global_ip.initial' }, { code: 'global_ip' }]

/** OPT-03: for certificates only; on the day on which the certificate is set up (M 3.1: SSLオプションの作業日に従う). */
export const globalIp: OrderKind<GlobalIp> = {
  name: 'global_ip',
  requirement: 'OPT-03',
  group: 'server',
  subject: 'server',
  door: 'panel',
  // What SSL takes at least; the day itself is that of its order
  lead: () => ({ kind: 'days', days: 7 }),
  fields: { ssl_order: vine.number().withoutDecimals().positive() },
  choices: async ({ server }) => ({ sslOrders: server ? await sslOrdersOf(server) : [] }),
  admit: async ({ server }, client) => {
    refuseNotServing(server!)
    await refuseTooMany(server!, client)
    const orders = await sslOrdersOf(server!, client)
    if (orders.length === 0) throw new Refusal('order_needs_ssl_order', 'ssl_order')
  },
  check: async (wish, client) => {
    await sslOrderOf(wish, client)
    await refuseSecondFor(wish, client)
  },
  openKey: ({ server, details }) => `global_ip:server:${server!.id}:${details.ssl_order}`,
  follows: async (wish) => {
    const { dueOn } = await sslOrderOf(wish, wish.server?.$trx)
    return dueOn ? Day.of(dueOn) : null
  },
  followed: ({ ssl_order: id }) => id,
  priceCodes: ['global_ip.initial', 'global_ip'],
  prices: () => prices,
  describe: ({ ssl_order: id }) => [{ key: 'ssl_order', text: `${word('order_number')} ${id}` }],
  work: 'machine',
  begin: async (order, client) => {
    const server = await Server.lock(order.serverId!, client)
    await takeAddedAddress(server, client)
    await requestAddresses(server, { orderId: order.id }, client)
  },
  perform: async (order, client) => {
    const server = await Server.lock(order.serverId!, client)
    const address = await newAddressOf(server, client)
    const details = { name: server.name, address }
    await beginOption(order, { details, subject: `${server.name} ${address}` }, prices, client)
  },
}

/**
 * ORD-04: its work takes five business days; then https stops, and http goes on at the server's first address.
 */
export const globalIpCancellation: OrderKind = {
  ...cancellationOf({
    kind: 'global_ip',
    requirement: 'OPT-03',
    group: 'server',
    lead: { kind: 'days', days: 5 },
  }),
  work: 'machine',
  perform: async (order, client) => {
    const option = await end(order, appliedOn(order), client)
    const server = await Server.lock(option.serverId!, client)
    await releaseAddedAddress(server, String(option.facts.address), client)
  },
}

/** Each certificate needs one, and only one. */
async function refuseSecondFor({ server, details }: Wish<GlobalIp>, client?: Client) {
  const orders = await ordersOf(server!, client).whereNotIn('state', ['withdrawn', 'rejected'])
  const same = orders.filter(({ facts }) => facts.ssl_order === details.ssl_order)
  if (same.some(({ isOpen }) => isOpen)) throw new Refusal('order_is_open_already')
  if (same.length > 0) throw new Refusal('order_ssl_has_address', 'ssl_order')
}

/** NET-01: those that were ordered before count, too. */
async function refuseTooMany(server: Server, client?: Client) {
  const added = await addedAddressesOf(server, client)
  const waiting = await ordersOf(server, client).whereIn('state', unstartedStates)
  if (added.length + waiting.length >= mostAddedAddresses) throw addressesAreFull()
}

/** The one that its order took: no option tells of it yet. */
async function newAddressOf(server: Server, client: TransactionClientContract) {
  const options = await Option.query({ client })
    .where({ server_id: server.id, kind: 'global_ip' })
    .whereNull('endedOn')
  const known = options.map(({ facts }) => facts.address)
  const added = await addedAddressesOf(server, client)
  return added.find((address) => !known.includes(address))
}

function ordersOf({ id: serverId }: Server, client?: Client) {
  return Order.query({ client }).where({ serverId, kind: 'global_ip' })
}

/** Of the server's domains, those that are still to be done. */
function sslOrdersOf(server: Server, client?: Client) {
  return Order.query({ client })
    .where('serverId', server.id)
    .whereIn('kind', [...sslKinds])
    .whereIn('state', [...openStates])
    .orderBy('id')
}

async function sslOrderOf({ server, details }: Wish<GlobalIp>, client?: Client) {
  const orders = await sslOrdersOf(server!, client)
  const order = orders.find(({ id }) => id === details.ssl_order)
  if (!order) throw new Refusal('order_needs_ssl_order', 'ssl_order')
  return order
}
