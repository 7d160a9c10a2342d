import vine from '@vinejs/vine'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Day } from '#calendar/day'
import { Refusal } from '#exceptions/refusals'
import Domain from '#models/domain'
import type { PriceUse } from '#models/fee/cost'
import Order from '#models/order'
import Server from '#models/server'
import { activeOptions, beginOption } from '#orders/effects/options'
import type { FormWish, OrderKind, Wish } from '#orders/kind'
import { cancellationOf, end } from '#orders/kinds/cancellation'
import { membersOf } from '#orders/kinds/members'
import { openStates } from '#orders/state'

interface LoadBalancerWish {
  /** Ids; one or two, their own names only. */
  readonly domains: readonly number[]
  readonly servers: readonly number[]
}

/** M 2.3.5: VIPs of one. */
export const domainsPerBalancer = 2

const prices: readonly PriceUse[] = [{ code: 'load_balancer.initial' }, { code: 'load_balancer' }]

const ids = () => vine.array(vine.number().withoutDecimals().positive()).minLength(1).distinct()

/** OPT-09: layer 4, of the contract's own servers. The first one comes on paper (ORD-05). */
export const loadBalancer: OrderKind<LoadBalancerWish> = {
  name: 'load_balancer',
  requirement: 'OPT-09',
  group: 'load_balancer',
  subject: 'contract',
  door: 'both',
  lead: () => ({ kind: 'until_end_of_next_month', days: 5 }),
  fields: { domains: ids().maxLength(domainsPerBalancer), servers: ids().maxLength(100) },
  choices: async ({ contract }) => ({
    servers: await serversOf(contract.id),
    domains: await domainsOf(contract.id),
  }),
  admit: refuseFirst,
  check: async (wish, client) => {
    await refuseDomains(wish, client)
    await refuseServers(wish, client)
  },
  priceCodes: ['load_balancer.initial', 'load_balancer'],
  prices: () => prices,
  describe: ({ domains, servers }) => [
    { key: 'domains', table: 'domains', ids: domains },
    { key: 'servers', table: 'servers', ids: servers },
  ],
  work: 'staff',
  steps: ['assign', 'set_up', 'dns', 'tell'],
  perform: async (order, client) => {
    const facts = order.facts as LoadBalancerWish
    const domains = await Domain.query({ client }).whereIn('id', [...facts.domains])
    const name = domains.map(({ unicodeName }) => unicodeName).join('、')
    await beginOption(order, { details: { ...facts, name }, subject: name }, prices, client)
  },
}

/** M 3.2: 即日～翌月末, today only until 17:00; its last day is the one that was chosen. */
export const loadBalancerCancellation: OrderKind = {
  ...cancellationOf({
    kind: 'load_balancer',
    requirement: 'OPT-09',
    group: 'load_balancer',
    lead: { kind: 'today_until_end_of_next_month', untilHour: 17 },
    steps: ['dns', 'take_out'],
  }),
  dueAt: (day) => day.plus(1).time(0),
  perform: async (order, client) => {
    await end(order, Day.of(order.dueOn!), client)
  },
}

async function refuseFirst({ contract, role }: FormWish, client?: TransactionClientContract) {
  if (role === 'staff') return
  const others = await activeOptions(contract.id, ['load_balancer'], client)
  if (others.length === 0) throw new Refusal('order_by_form_only')
}

/** レディドメイン不可; nobody's domain is balanced twice. */
async function refuseDomains(
  { contract, details }: Wish<LoadBalancerWish>,
  client: TransactionClientContract
) {
  const domains = await domainsOf(contract.id, client)
  for (const id of details.domains) {
    const domain = domains.find((each) => each.id === id)
    if (!domain) throw new Refusal('order_domain_is_unknown', 'domains')
    if (domain.isReady) throw new Refusal('ready_domain_has_no_option', 'domains')
  }
  const others = [
    ...(await activeOptions(contract.id, ['load_balancer'], client)),
    ...(await openOrders(contract.id, client)),
  ]
  const taken = new Set(others.flatMap(({ facts }) => facts.domains as number[]))
  if (details.domains.some((id) => taken.has(id)))
    throw new Refusal('order_domain_is_balanced', 'domains')
}

/** On their way; whoever looks holds the contract. */
function openOrders(contractId: number, client: TransactionClientContract) {
  return Order.query({ client })
    .where({ contractId, kind: 'load_balancer' })
    .whereIn('state', [...openStates])
}

/** OPT-14: what is behind a firewall is not behind a load balancer. */
async function refuseServers(
  { contract, details }: Wish<LoadBalancerWish>,
  client: TransactionClientContract
) {
  const servers = await serversOf(contract.id, client)
  const known = new Set(servers.map(({ id }) => id))
  if (!details.servers.every((id) => known.has(id)))
    throw new Refusal('order_server_is_unknown', 'servers')
  const walled = await membersOf(contract.id, 'firewall', client)
  if (details.servers.some((id) => walled.has(id)))
    throw new Refusal('order_server_is_behind_firewall', 'servers')
}

function serversOf(contractId: number, client?: TransactionClientContract) {
  return Server.query({ client })
    .where('contractId', contractId)
    .whereIn('state', ['running', 'stopped'])
    .orderBy('id')
}

function domainsOf(contractId: number, client?: TransactionClientContract) {
  return Domain.query({ client })
    .where('contractId', contractId)
    .whereNull('deletedAt')
    .orderBy('reversedName')
}
