import type { OrderKind } from '#orders/kind'

/** OPT-08: reports of a domain by beacon, up to 150,000 page views. */
export const accessAnalysis: OrderKind<object> = {
  name: 'access_analysis',
  requirement: 'OPT-08',
  group: 'application',
  subject: 'domain',
  door: 'panel',
  lead: () => ({ kind: 'days', days: 1 }),
  fields: {},
  prices: () => [{ code: 'access_analysis' }],
  work: 'staff',
  steps: ['set_up'],
}
