import vine from '@vinejs/vine'
import type { PriceUse } from '#models/fee/cost'
import { beginOption } from '#orders/effects/options'
import type { OrderKind } from '#orders/kind'
import { cancellationOf } from '#orders/kinds/cancellation'
import { refuseSecond } from '#orders/kinds/refusals'

interface AccessAnalysis {
  /** Of a month, as the customer expects them. */
  readonly page_views: number
}

/** M 2.3.4: 15万PV以上のご利用はお断り. */
export const mostPageViews = 150_000

const prices: readonly PriceUse[] = [{ code: 'access_analysis' }]

/** OPT-08: reports of a domain by beacon. */
export const accessAnalysis: OrderKind<AccessAnalysis> = {
  name: 'access_analysis',
  requirement: 'OPT-08',
  group: 'application',
  subject: 'domain',
  door: 'panel',
  lead: () => ({ kind: 'days', days: 1 }),
  fields: { page_views: vine.number().withoutDecimals().range([0, mostPageViews]) },
  admit: ({ domain }, client) =>
    refuseSecond(['access_analysis'], { domain_id: domain!.id }, client),
  priceCodes: ['access_analysis'],
  prices: () => prices,
  describe: ({ page_views: views }) => [{ key: 'page_views', text: String(views) }],
  work: 'staff',
  steps: ['set_up', 'tell'],
  perform: async (order, client) => {
    const details = { ...order.facts, name: order.subject }
    await beginOption(order, { details }, prices, client)
  },
}

export const accessAnalysisCancellation = cancellationOf({
  kind: 'access_analysis',
  requirement: 'OPT-08',
  group: 'application',
  steps: ['take_out'],
})
