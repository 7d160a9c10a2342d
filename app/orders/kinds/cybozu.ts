import vine from '@vinejs/vine'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { BillingCode } from '#billing/codes'
import type { LeadTime } from '#calendar/lead_time'
import { Refusal } from '#exceptions/refusals'
import type { PriceUse } from '#models/fee/cost'
import Option from '#models/option'
import type Order from '#models/order'
import { beginOption, charge } from '#orders/effects/options'
import type { FormWish, OrderKind } from '#orders/kind'
import { appliedOn, end, refuseOther } from '#orders/kinds/cancellation'
import { refuseSecond } from '#orders/kinds/refusals'
import { word } from '#orders/words'

const common = {
  requirement: 'OPT-07',
  group: 'application',
  subject: 'domain',
  door: 'panel',
  lead: () => ({ kind: 'days', days: 5 }) as LeadTime,
  work: 'staff',
} as const

const remarks = vine.string().trim().maxLength(2000).optional()

const told = (remarksText?: string) => (remarksText ? [{ key: 'remarks', text: remarksText }] : [])

interface Licence {
  /** The first one of an office comes on paper, what is added to it doesn't (ORD-05: 一部除く). */
  readonly licence: 'new' | 'users' | 'renewal'
  readonly users: number
  readonly remarks?: string
}

/** M 3.1: ライセンスの送付は10営業日程度. */
export const cybozuLicence: OrderKind<Licence> = {
  ...common,
  name: 'cybozu_licence',
  door: 'both',
  isFormOnly: ({ details }) => details.licence === 'new',
  lead: () => ({ kind: 'days', days: 10 }),
  fields: {
    licence: vine.enum(['new', 'users', 'renewal'] as const),
    users: vine.number().withoutDecimals().range([5, 300]),
    remarks,
  },
  priceCodes: ['cybozu.license'],
  prices: () => priceOf('cybozu.license'),
  describe: ({ licence, users, remarks: text }) => [
    { key: 'licence', text: word(`kinds.cybozu_licence.values.${licence}`) },
    { key: 'users', text: String(users) },
    ...told(text),
  ],
  steps: ['buy', 'send'],
  perform: (order, client) => charged(order, 'cybozu.license', client),
}

interface Installation {
  readonly remarks?: string
}

/** One for a domain. */
export const cybozuInstall: OrderKind<Installation> = {
  ...common,
  name: 'cybozu_install',
  fields: { remarks },
  admit: ({ domain }, client) =>
    refuseSecond(['cybozu_install'], { domain_id: domain!.id }, client),
  priceCodes: ['cybozu.install'],
  prices: () => priceOf('cybozu.install'),
  describe: ({ remarks: text }) => told(text),
  steps: ['install', 'confirm', 'tell'],
  perform: async (order, client) => {
    const details = { ...order.facts, name: order.subject }
    await beginOption(order, { details }, priceOf('cybozu.install'), client)
  },
}

export const cybozuEstimate: OrderKind<Installation> = {
  ...common,
  name: 'cybozu_estimate',
  fields: { remarks },
  admit: refuseMissing,
  priceCodes: ['cybozu.estimate'],
  prices: () => priceOf('cybozu.estimate'),
  describe: ({ remarks: text }) => told(text),
  steps: ['measure', 'tell'],
  perform: (order, client) => charged(order, 'cybozu.estimate', client),
}

interface VersionUp {
  /** The file that sets the time of maintenance goes afterwards. */
  readonly removes_file?: boolean
  readonly remarks?: string
}

/** M 2.3.4: begins at 10:00 or 0:00 of the day; without a time of maintenance set by then it is cancelled. */
export const cybozuVersionUp: OrderKind<VersionUp> = {
  ...common,
  name: 'cybozu_version_up',
  lead: () => ({ kind: 'until_end_of_next_month', days: 5 }),
  windows: () => ['10:00', '0:00'],
  fields: { removes_file: vine.accepted().optional(), remarks },
  admit: refuseMissing,
  priceCodes: ['cybozu.version_up'],
  prices: () => priceOf('cybozu.version_up'),
  describe: ({ removes_file: removes, remarks: text }) => [
    { key: 'removes_file', text: word(removes ? 'yes' : 'no') },
    ...told(text),
  ],
  steps: ['maintenance_time', 'back_up', 'update', 'remove_file', 'tell'],
  perform: (order, client) => charged(order, 'cybozu.version_up', client),
}

/** The directory that it is in goes, for good. It is its cancellation, too. */
export const cybozuUninstall: OrderKind = {
  ...common,
  name: 'cybozu_uninstall',
  subject: 'option',
  cancels: 'cybozu_install',
  fields: {},
  admit: async (wish) => refuseOther(wish, 'cybozu_install'),
  priceCodes: ['cybozu.uninstall'],
  prices: () => priceOf('cybozu.uninstall'),
  steps: ['uninstall', 'tell'],
  ends: async ({ option }) =>
    option ? [{ kind: 'cybozu_install', name: String(option.facts.name ?? '') }] : [],
  perform: async (order, client) => {
    await charge(order, priceOf('cybozu.uninstall'), {}, client)
    await end(order, appliedOn(order), client)
  },
}

function priceOf(code: BillingCode): PriceUse[] {
  return [{ code }]
}

function charged(order: Order, code: BillingCode, client: TransactionClientContract) {
  return charge(order, priceOf(code), {}, client)
}

/** Staff may know of one that came with the customer. */
async function refuseMissing({ domain, role }: FormWish, client?: TransactionClientContract) {
  if (role === 'staff') return
  const option = Option.query({ client })
    .where({ domainId: domain!.id, kind: 'cybozu_install' })
    .whereNull('endedOn')
  if (!(await option.first())) throw new Refusal('order_cybozu_is_not_installed')
}
