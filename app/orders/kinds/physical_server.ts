import vine from '@vinejs/vine'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Day } from '#calendar/day'
import type Option from '#models/option'
import Order from '#models/order'
import Server from '#models/server'
import { plans } from '#models/server/plan'
import { sqlTime } from '#models/task/clock'
import { activeOptions, charge } from '#orders/effects/options'
import type { OrderKind, Wish } from '#orders/kind'
import { description, physicalPlans, planCode, pricesOf } from '#orders/kinds/server_addition'
import { membersBehind, mostBehindFirewall } from '#orders/kinds/firewall'
import { Refusal } from '#exceptions/refusals'
import { openStates } from '#orders/state'
import { planText, word } from '#orders/words'

interface PhysicalServerWish {
  readonly plan: string
  readonly description?: string
  /** OPT-14: asked where the contract has a firewall, at the time of the application. */
  readonly behind_firewall?: boolean
}

/** ORD-02: from the fifth business day on, later when there is none in stock. */
export const physicalServerAddition: OrderKind<PhysicalServerWish> = {
  name: 'physical_server_addition',
  requirement: 'ORD-02',
  group: 'server',
  subject: 'contract',
  door: 'panel',
  lead: () => ({ kind: 'from', days: 5 }),
  fields: {
    plan: vine.enum(physicalPlans),
    description,
    behind_firewall: vine.accepted().optional(),
  },
  choices: async ({ contract }) => {
    const firewalls = await activeOptions(contract.id, ['firewall'])
    const offered = plans.filter(({ kind }) => kind === 'physical')
    return { plans: offered, hasFirewall: firewalls.length > 0 }
  },
  check: async (wish, client) => {
    if (!wish.details.behind_firewall) return
    const [firewall] = await activeOptions(wish.contract.id, ['firewall'], client)
    if (!firewall) throw new Refusal('order_has_no_firewall', 'behind_firewall')
    const added = await addedBehind(firewall, wish, client)
    if (membersBehind(firewall) + added >= mostBehindFirewall) {
      throw new Refusal('order_firewall_is_full', 'behind_firewall', { limit: mostBehindFirewall })
    }
  },
  priceCodes: physicalPlans.map(planCode),
  prices: ({ details }) => pricesOf(details.plan),
  describe: ({ plan, description: text, behind_firewall: behind }) => [
    { key: 'plan', text: planText(plan) },
    ...(text ? [{ key: 'description', text }] : []),
    ...(behind ? [{ key: 'behind_firewall', text: word('yes') }] : []),
  ],
  work: 'staff',
  steps: ['stock', 'install', 'adopt', 'tell'],
  perform: async (order, client) => {
    const { plan }: PhysicalServerWish = order.facts
    if (!order.serverId) throw new Refusal('order_needs_a_machine')
    const server = await Server.findOrFail(order.serverId, { client })
    if (server.state !== 'running') throw new Refusal('order_machine_is_not_ready')
    await charge(order, pricesOf(plan), { serverId: server.id }, client)
  },
}

/** Ordered since it is there. Of those that are done staff knows better than the panel which have gone again. */
async function addedBehind(
  { startedOn }: Option,
  { contract, role }: Wish,
  client: TransactionClientContract
): Promise<number> {
  const states = role === 'staff' ? openStates : [...openStates, 'done']
  const orders = await Order.query({ client })
    .where({ contractId: contract.id, kind: 'physical_server_addition' })
    .whereIn('state', [...states])
    .where('appliedAt', '>=', sqlTime(Day.of(startedOn).time(0).getTime()))
  return orders.filter(({ facts }) => facts.behind_firewall).length
}

export const firstPhysicalServer: OrderKind<PhysicalServerWish> = {
  ...physicalServerAddition,
  name: 'first_physical_server',
  door: 'form',
  fields: { plan: vine.enum(physicalPlans), description },
}
