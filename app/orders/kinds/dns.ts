import vine from '@vinejs/vine'
import type { PriceUse } from '#models/fee/cost'
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

const servicePrices: readonly PriceUse[] = [{ code: 'dns_service.zone' }]

/** OPT-10: also without a server. One for a contract; it begins with one zone. */
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
  prices: () => servicePrices,
  work: 'machine',
  perform: async (order, client) => {
    await beginOption(order, { details: { name: order.subject } }, servicePrices, client)
  },
}

export const dnsServiceCancellation = cancellationOf({
  kind: 'dns_service',
  requirement: 'OPT-10',
  group: 'dns',
})
