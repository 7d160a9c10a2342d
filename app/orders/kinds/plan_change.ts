import vine from '@vinejs/vine'
import { Day } from '#calendar/day'
import { Refusal } from '#exceptions/refusals'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import Fee from '#models/fee'
import type Order from '#models/order'
import Server from '#models/server'
import { plans } from '#models/server/plan'
import { charge } from '#orders/effects/options'
import { refuseTooLittleMemory } from '#orders/effects/memory'
import { requestResize } from '#orders/effects/resize'
import type { OrderKind } from '#orders/kind'
import { planCode, virtualPlans } from '#orders/kinds/server_addition'
import { refuseNotServing } from '#orders/kinds/refusals'
import { planText, word } from '#orders/words'

interface PlanChange {
  readonly plan: string
  /** M 2.3.1: 即時プラン変更, 予約した日時にプラン変更. */
  readonly when: 'now' | 'booked'
}

const whens = ['now', 'booked'] as const
const hours = Array.from({ length: 24 }, (_, hour) => `${hour}:00`)

/** OPT-01: within 30 minutes, or at a booked hour of any day until the end of the next month; once a day, with a restart. */
export const planChange: OrderKind<PlanChange> = {
  name: 'plan_change',
  requirement: 'OPT-01',
  group: 'server',
  subject: 'server',
  isVirtualOnly: true,
  door: 'panel',
  lead: ({ when }) =>
    when === 'booked'
      ? { kind: 'today_until_end_of_next_month', untilHour: 24 }
      : { kind: 'at_once' },
  windows: ({ when }) => (when === 'booked' ? hours : []),
  modes: { field: 'when', values: whens },
  isOncePerDay: true,
  fields: { plan: vine.enum(virtualPlans), when: vine.enum(whens) },
  choices: async ({ server }) => ({
    plans: plans.filter(({ kind, code }) => kind === 'virtual' && code !== server?.plan),
  }),
  admit: async ({ server }) => refuseNotServing(server!),
  check: async ({ server, details }) => {
    if (server!.plan === details.plan) throw new Refusal('order_plan_is_the_same', 'plan')
  },
  askFirst: async ({ contractId, serverId, details }) => {
    const { plan, when } = details as PlanChange
    // What it will use at a booked time nobody knows yet
    if (when !== 'now') return
    const server = await Server.query()
      .where({ id: serverId ?? 0, contractId })
      .first()
    if (server?.kind === 'virtual') await refuseTooLittleMemory(server, plan)
  },
  priceCodes: ['plan_change', ...virtualPlans.map(planCode)],
  prices: ({ details, server }) => [
    { code: 'plan_change' },
    { code: planCode(details.plan), changesPlanOf: server!.id },
  ],
  describe: ({ plan, when }) => [
    { key: 'plan', text: planText(plan) },
    { key: 'when', text: word(`kinds.plan_change.values.${when}`) },
  ],
  work: 'machine',
  begin: async (order, client) => {
    const { plan } = order.facts as PlanChange
    await requestResize(order, { plan }, client)
  },
  perform: async (order, client) => {
    const { plan } = order.facts as PlanChange
    const server = await Server.lock(order.serverId!, client)
    await server.merge({ plan }).save()
    await chargePlan(order, server, plan, client)
    await charge(order, [{ code: 'plan_change' }], { subject: server.name }, client)
  },
}

/** One that was never charged for, because it is older than the price list, is from now on. */
async function chargePlan(
  { contractId, id: orderId }: Order,
  { id: serverId }: Server,
  plan: string,
  client: TransactionClientContract
) {
  const [code, from] = [planCode(plan), Day.at(new Date())]
  const changed = await Fee.change(serverId, code, from, client, orderId)
  if (!changed) await Fee.begin({ contractId, serverId, orderId, code, from }, client)
}
