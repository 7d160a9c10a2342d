import vine from '@vinejs/vine'
import Server from '#models/server'
import { plans } from '#models/server/plan'
import { activeOptions, charge } from '#orders/effects/options'
import type { OrderKind } from '#orders/kind'
import { description, physicalPlans, planCode, pricesOf } from '#orders/kinds/server_addition'
import { fillsFirewall, mostBehindFirewall } from '#orders/kinds/firewall'
import { Refusal } from '#exceptions/refusals'
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
  check: async ({ contract, details }, client) => {
    if (!details.behind_firewall) return
    const [firewall] = await activeOptions(contract.id, ['firewall'], client)
    if (!firewall) throw new Refusal('order_has_no_firewall', 'behind_firewall')
    if (fillsFirewall(firewall)) {
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

export const firstPhysicalServer: OrderKind<PhysicalServerWish> = {
  ...physicalServerAddition,
  name: 'first_physical_server',
  door: 'form',
  fields: { plan: vine.enum(physicalPlans), description },
}
