import vine from '@vinejs/vine'
import type { LeadTime } from '#calendar/lead_time'
import type { PriceUse } from '#models/fee/cost'
import Domain from '#models/domain'
import Server from '#models/server'
import { beginOption, charge } from '#orders/effects/options'
import type { OrderKind } from '#orders/kind'
import { appliedOn, cancellationOf, end } from '#orders/kinds/cancellation'
import { refuseSecond } from '#orders/kinds/refusals'
import { word } from '#orders/words'

interface Remarks {
  readonly remarks?: string
}

const remarks = vine.string().trim().maxLength(4000).optional()

interface Facts {
  readonly name: string
  readonly prices: readonly PriceUse[]
  readonly requirement: string
  readonly group: OrderKind['group']
  readonly subject: 'server' | 'domain'
  readonly lead: LeadTime
  /** Of staff; a machine does it where there are none. */
  readonly steps?: readonly string[]
}

/** What a server or a domain has or hasn't. Their days are the provider's own: M 3.1 says nothing of them. */
function optionOf(facts: Facts): OrderKind<Remarks> {
  const { name, subject, lead, steps, prices } = facts
  return {
    ...{ name, requirement: facts.requirement, group: facts.group, subject, steps },
    door: 'panel',
    lead: () => lead,
    fields: { remarks },
    admit: (wish, client) => refuseSecond([name], { [`${subject}_id`]: wish[subject]!.id }, client),
    priceCodes: prices.map(({ code }) => code),
    prices: () => prices,
    describe: ({ remarks: text }) => (text ? [{ key: 'remarks', text }] : []),
    work: steps ? 'staff' : 'machine',
    perform: async (order, client) => {
      const details = { ...order.facts, name: order.subject }
      await beginOption(order, { details }, prices, client)
    },
  }
}

export const mailArchive = optionOf({
  name: 'mail_archive',
  prices: [{ code: 'mail_archive' }],
  requirement: 'OPT-11',
  group: 'mail',
  subject: 'domain',
  lead: { kind: 'days', days: 5 },
  steps: ['set_up', 'tell'],
})

/** OPT-12: switched on by the customer himself, in the domain's settings. */
export const waf = optionOf({
  name: 'waf',
  prices: [{ code: 'waf' }],
  requirement: 'OPT-12',
  group: 'security',
  subject: 'domain',
  lead: { kind: 'at_once' },
})

export const closedNetwork = optionOf({
  name: 'closed_network',
  prices: [{ code: 'closed_network.initial' }, { code: 'closed_network' }],
  requirement: 'OPT-13',
  group: 'network',
  subject: 'server',
  lead: { kind: 'days', days: 10 },
  steps: ['hear', 'attach', 'confirm', 'tell'],
})

export const mailArchiveCancellation = cancellationOf({
  kind: 'mail_archive',
  requirement: 'OPT-11',
  group: 'mail',
  steps: ['take_out'],
})

const wafEnd = cancellationOf({ kind: 'waf', requirement: 'OPT-12', group: 'security' })

/** Nothing looks at the domain's requests any more. */
export const wafCancellation: OrderKind = {
  ...wafEnd,
  perform: async (order, client) => {
    const { domainId } = await end(order, appliedOn(order), client)
    const domain = domainId && (await Domain.find(domainId, { client }))
    if (!domain || !domain.wafMode || domain.wafMode === 'off') return
    await domain.merge({ wafMode: 'off' }).save()
    const server = await Server.lock(domain.serverId, client)
    const reason = `waf_cancellation ${domain.name}`
    await server.requestApply({ reason, domainIds: [domain.id] }, client)
  },
}

export const closedNetworkCancellation = cancellationOf({
  kind: 'closed_network',
  requirement: 'OPT-13',
  group: 'network',
  steps: ['take_out'],
})

interface Migration {
  readonly parts: readonly ('site' | 'database' | 'mail' | 'accounts')[]
  readonly from: string
  readonly remarks?: string
}

const migrationPrices: readonly PriceUse[] = [{ code: 'migration' }]

/** OPT-15: by staff; nothing lasts, so there is nothing to cancel. */
export const migration: OrderKind<Migration> = {
  name: 'migration',
  requirement: 'OPT-15',
  group: 'migration',
  subject: 'server',
  door: 'panel',
  lead: () => ({ kind: 'days', days: 5 }),
  fields: {
    parts: vine
      .array(vine.enum(['site', 'database', 'mail', 'accounts'] as const))
      .minLength(1)
      .distinct(),
    from: vine.string().trim().minLength(1).maxLength(1000),
    remarks,
  },
  priceCodes: ['migration'],
  prices: () => migrationPrices,
  describe: ({ parts, from, remarks: text }) => [
    ...parts.map((part) => ({ key: 'parts', text: word(`kinds.migration.values.${part}`) })),
    { key: 'from', text: from },
    ...(text ? [{ key: 'remarks', text }] : []),
  ],
  work: 'staff',
  steps: ['hear', 'plan', 'move', 'confirm', 'tell'],
  perform: async (order, client) => {
    await charge(order, migrationPrices, {}, client)
  },
}
