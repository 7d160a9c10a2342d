import vine from '@vinejs/vine'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import type { BillingCode } from '#billing/codes'
import Contract from '#models/contract'
import { roomiestNode } from '#models/compute_node/placement'
import type { PriceUse } from '#models/fee/cost'
import Order from '#models/order'
import Server from '#models/server'
import { sqlTime } from '#models/task/clock'
import { plans } from '#models/server/plan'
import { charge } from '#orders/effects/options'
import type { OrderKind, Wish } from '#orders/kind'
import { planText } from '#orders/words'

export interface NewServerWish {
  readonly plan: string
  readonly description?: string
}

export const virtualPlans = plans.filter(({ kind }) => kind === 'virtual').map(({ code }) => code)
export const physicalPlans = plans.filter(({ kind }) => kind === 'physical').map(({ code }) => code)

/** Of one contract, without asking anybody. */
export const additionsPerDay = 5

export const description = vine.string().trim().maxLength(100).optional()

/** ORD-02: 追加は概ね1時間以内. It serves in a minute or two. */
export const serverAddition: OrderKind<NewServerWish> = {
  name: 'server_addition',
  requirement: 'ORD-02',
  group: 'server',
  subject: 'contract',
  door: 'panel',
  lead: () => ({ kind: 'at_once' }),
  fields: { plan: vine.enum(virtualPlans), description },
  choices: async () => ({ plans: plans.filter(({ kind }) => kind === 'virtual') }),
  check: async (wish, client) => {
    await refuseMany(wish, client)
    await roomiestNode(client, wish.details.plan)
  },
  priceCodes: virtualPlans.map(planCode),
  prices: ({ details }) => pricesOf(details.plan),
  describe: ({ plan, description: text }) => [
    { key: 'plan', text: planText(plan) },
    ...(text ? [{ key: 'description', text }] : []),
  ],
  work: 'machine',
  begin: buildServer,
  perform: async (order, client) => {
    const { serverId, facts } = order
    await charge(order, pricesOf(facts.plan), { serverId: serverId ?? undefined }, client)
  },
}

/** The first one of a contract comes on paper (ORD-05). */
export const firstVirtualServer: OrderKind<NewServerWish> = {
  ...serverAddition,
  name: 'first_virtual_server',
  door: 'form',
  lead: () => ({ kind: 'from', days: 3 }),
  // Where there is room is known when its day has come
  check: async () => {},
}

/** Whoever has a contractor's session must not take all room that there is; staff may give more. */
async function refuseMany({ contract, role, moment }: Wish, client: TransactionClientContract) {
  if (role === 'staff') return
  const recent = await Order.query({ client })
    .where({ contractId: contract.id, kind: 'server_addition' })
    .where('appliedAt', '>', sqlTime(moment.getTime() - 86_400_000))
    .whereNotIn('state', ['withdrawn', 'rejected'])
  if (recent.length >= additionsPerDay) {
    throw new Refusal('order_servers_of_the_day', null, { limit: additionsPerDay })
  }
}

export function pricesOf(plan: string): PriceUse[] {
  return [{ code: `plan.${plan}.initial` as BillingCode }, { code: planCode(plan) }]
}

export function planCode(plan: string): BillingCode {
  return `plan.${plan}` as BillingCode
}

/** The order is done when it serves: its fees begin then. */
async function buildServer(order: Order, client: TransactionClientContract) {
  const { plan, description: text } = order.facts as NewServerWish
  const contract = await Contract.findOrFail(order.contractId, { client })
  const node = await roomiestNode(client, plan)
  const wish = { contract, node, plan, description: text, orderId: order.id }
  const server = await Server.make(wish, client)
  await order.useTransaction(client).merge({ serverId: server.id, subject: server.name }).save()
}
