import vine from '@vinejs/vine'
import type { BillingCode } from '#billing/codes'
import { certificatePolicy } from '#config/certificates'
import { Refusal } from '#exceptions/refusals'
import Domain from '#models/domain'
import { beginOption } from '#orders/effects/options'
import type { OrderKind } from '#orders/kind'
import { cancellationOf } from '#orders/kinds/cancellation'
import { refuseSecond } from '#orders/kinds/refusals'
import { word } from '#orders/words'

interface SslWish {
  /** Whether the certificate is for `www.` as well. */
  readonly names: 'both' | 'bare' | 'www'
  readonly remarks?: string
}

interface SslFacts {
  readonly name: string
  readonly code: BillingCode
  readonly days: number
  readonly steps: readonly string[]
}

/** OPT-05: never for ready domains. The server's added address is ordered with it (M 2.3.3), see `global_ip`. */
function sslOf({ name, code, days, steps }: SslFacts): OrderKind<SslWish> {
  const prices = [{ code }]
  return {
    name,
    requirement: 'OPT-05',
    group: 'ssl',
    subject: 'domain',
    door: 'panel',
    lead: () => ({ kind: 'days', days }),
    fields: {
      names: vine.enum(['both', 'bare', 'www'] as const),
      remarks: vine.string().trim().maxLength(2000).optional(),
    },
    choices: async ({ domain }) => ({ name: domain?.unicodeName }),
    admit: async ({ domain }, client) => {
      domain!.refuseReady()
      await refuseSecond([name], { domain_id: domain!.id }, client)
    },
    priceCodes: [code],
    prices: () => prices,
    describe: ({ names, remarks }) => [
      { key: 'names', text: word(`ssl_names.${names}`) },
      ...(remarks ? [{ key: 'remarks', text: remarks }] : []),
    ],
    work: 'staff',
    steps,
    perform: async (order, client) => {
      const domain = await Domain.findOrFail(order.domainId!, { client })
      if (certificatePolicy.needsAddedAddress) {
        const own = client.from('server_addresses').where('server_id', domain.serverId)
        const addresses = await own.select('id')
        if (addresses.length < 2) throw new Refusal('server_needs_an_address')
      }
      const details = { ...order.facts, name: domain.unicodeName }
      await beginOption(order, { details }, prices, client)
    },
  }
}

export const sslSetup = sslOf({
  name: 'ssl_setup',
  code: 'ssl.setup',
  days: 7,
  steps: ['address', 'receive', 'check', 'install'],
})

export const sslQuick = sslOf({
  name: 'ssl_quick',
  code: 'ssl.quick',
  days: 8,
  steps: ['address', 'request', 'apply', 'install'],
})

export const sslSecom = sslOf({
  name: 'ssl_secom',
  code: 'ssl.secom',
  days: 10,
  steps: ['address', 'request', 'apply', 'install'],
})

export const sslSecomEv = sslOf({
  name: 'ssl_secom_ev',
  code: 'ssl.secom_ev',
  days: 10,
  steps: ['address', 'request', 'apply', 'install'],
})

export const sslKinds = ['ssl_setup', 'ssl_quick', 'ssl_secom', 'ssl_secom_ev'] as const

export const sslCancellations = sslKinds.map((kind) =>
  cancellationOf({ kind, requirement: 'OPT-05', group: 'ssl', steps: ['take_out'] })
)
