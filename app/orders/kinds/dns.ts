import vine from '@vinejs/vine'
import type { PriceUse } from '#models/fee/cost'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { chargedZones } from '#models/zone/charging'
import { beginOption, charge } from '#orders/effects/options'
import type { OrderKind } from '#orders/kind'
import { cancellationOf } from '#orders/kinds/cancellation'
import { refuseSecond } from '#orders/kinds/refusals'

const changePrices: readonly PriceUse[] = [{ code: 'dns_change' }]

interface DnsChange {
  readonly request: string
}

/** ORD-03: what customers can't do in the panel, such as delegations, done by staff. */
export const dnsChange: OrderKind<DnsChange> = {
  name: 'dns_change',
  requirement: 'ORD-03',
  group: 'domain',
  subject: 'domain',
  door: 'panel',
  lead: () => ({ kind: 'days', days: 3 }),
  fields: { request: vine.string().trim().minLength(1).maxLength(4000) },
  priceCodes: ['dns_change'],
  prices: () => changePrices,
  describe: ({ request }) => [{ key: 'request', text: request }],
  work: 'staff',
  steps: ['look', 'change', 'confirm'],
  perform: async (order, client) => {
    await charge(order, changePrices, {}, client)
  },
}

/** OPT-10: also without a server. One for a contract, paid for each zone that it has; `chargeZones` keeps it so. */
export const dnsService: OrderKind = {
  name: 'dns_service',
  requirement: 'OPT-10',
  group: 'dns',
  subject: 'contract',
  door: 'panel',
  lead: () => ({ kind: 'at_once' }),
  openKey: ({ contract }) => `dns_service:contract:${contract.id}`,
  fields: {},
  admit: ({ contract }, client) =>
    refuseSecond(['dns_service'], { contract_id: contract.id }, client),
  priceCodes: ['dns_service.zone'],
  prices: ({ contract }, client) => servicePrices(contract.id, client),
  work: 'machine',
  perform: async (order, client) => {
    const prices = await servicePrices(order.contractId, client)
    const [{ quantity }] = prices
    await beginOption(order, { quantity, details: { name: order.subject } }, prices, client)
  },
}

async function servicePrices(
  contractId: number,
  client?: TransactionClientContract
): Promise<PriceUse[]> {
  const quantity = await chargedZones(contractId, client)
  return [{ code: 'dns_service.zone', quantity }]
}

export const dnsServiceCancellation = cancellationOf({
  kind: 'dns_service',
  requirement: 'OPT-10',
  group: 'dns',
})
