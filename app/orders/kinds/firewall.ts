import vine from '@vinejs/vine'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import type { PriceUse } from '#models/fee/cost'
import type Option from '#models/option'
import Server from '#models/server'
import { beginOption } from '#orders/effects/options'
import type { OrderKind, Wish } from '#orders/kind'
import { cancellationOf } from '#orders/kinds/cancellation'
import { membersOf } from '#orders/kinds/members'
import { refuseSecond } from '#orders/kinds/refusals'

interface FirewallWish {
  readonly servers: readonly number[]
  readonly remarks?: string
}

/** M 2.3.10. */
export const mostBehindFirewall = 5

const prices: readonly PriceUse[] = [{ code: 'firewall.initial' }, { code: 'firewall' }]

/** OPT-14: one for a contractor, with up to five physical servers, none of them behind a load balancer. */
export const firewall: OrderKind<FirewallWish> = {
  name: 'firewall',
  requirement: 'OPT-14',
  group: 'security',
  subject: 'contract',
  door: 'panel',
  lead: () => ({ kind: 'days', days: 10 }),
  openKey: ({ contract }) => `firewall:contract:${contract.id}`,
  fields: {
    servers: vine
      .array(vine.number().withoutDecimals().positive())
      .minLength(1)
      .maxLength(mostBehindFirewall)
      .distinct(),
    remarks: vine.string().trim().maxLength(2000).optional(),
  },
  choices: async ({ contract }) => ({ servers: await physicalServers(contract.id) }),
  admit: async ({ contract }, client) => {
    await refuseSecond(['firewall'], { contract_id: contract.id }, client)
    const servers = await physicalServers(contract.id, client)
    if (servers.length === 0) throw new Refusal('order_firewall_is_for_physical', 'servers')
  },
  check: refuseMembers,
  priceCodes: ['firewall.initial', 'firewall'],
  prices: () => prices,
  describe: ({ servers, remarks }) => [
    { key: 'servers', table: 'servers', ids: servers },
    ...(remarks ? [{ key: 'remarks', text: remarks }] : []),
  ],
  work: 'staff',
  steps: ['hear', 'prepare', 'connect', 'waf', 'tell'],
  perform: async (order, client) => {
    const details = { ...order.facts, name: order.subject }
    await beginOption(order, { details }, prices, client)
  },
}

export const firewallCancellation = cancellationOf({
  kind: 'firewall',
  requirement: 'OPT-14',
  group: 'security',
  steps: ['connect', 'take_out'],
})

export function membersBehind({ facts }: Option): number {
  return ((facts.servers ?? []) as number[]).length
}

async function refuseMembers(
  { contract, details }: Wish<FirewallWish>,
  client: TransactionClientContract
) {
  const servers = await physicalServers(contract.id, client)
  const known = new Set(servers.map(({ id }) => id))
  if (!details.servers.every((id) => known.has(id)))
    throw new Refusal('order_firewall_is_for_physical', 'servers')
  const balanced = await membersOf(contract.id, 'load_balancer', client)
  if (details.servers.some((id) => balanced.has(id)))
    throw new Refusal('order_server_is_balanced', 'servers')
}

/** 仮想専用タイプのサーバは収容できません. */
function physicalServers(contractId: number, client?: TransactionClientContract) {
  return Server.query({ client })
    .where({ contractId, kind: 'physical' })
    .whereIn('state', ['running', 'stopped'])
    .orderBy('id')
}
