import { createHash } from 'node:crypto'
import vine from '@vinejs/vine'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import type { PriceUse } from '#models/fee/cost'
import Order from '#models/order'
import { activeOptions, beginOption } from '#orders/effects/options'
import type { OrderKind, Wish } from '#orders/kind'
import { cancellationOf } from '#orders/kinds/cancellation'
import {
  daysOfRegistration,
  isOnPaper,
  nameCategories,
  readOrderedName,
  type NameCategory,
  type OrderedName,
} from '#orders/kinds/domain_names'
import { openStates } from '#orders/state'

interface NameWish {
  readonly name: string
  /** Who it belongs to, as the registry is to have it. */
  readonly registrant: string
  readonly registrant_english: string
  readonly address: string
  readonly mail: string
}

const fields = {
  name: vine.string().trim().maxLength(253),
  registrant: vine.string().trim().maxLength(100),
  registrant_english: vine
    .string()
    .trim()
    .maxLength(100)
    .regex(/^[\x20-\x7e]+$/),
  address: vine.string().trim().maxLength(200),
  mail: vine.string().trim().email().maxLength(254),
}

interface Agency {
  readonly name: 'domain_registration' | 'domain_transfer'
  readonly steps: readonly string[]
  days(name: OrderedName | null): number
}

const feeCodes = {
  domain_registration: 'domain.registration',
  domain_transfer: 'domain.transfer',
} as const

/** OPT-04: with it comes the upkeep of the name (ドメイン名維持管理), which lasts until it is cancelled. */
function agencyOf({ name: kind, steps, days }: Agency): OrderKind<NameWish> {
  return {
    name: kind,
    requirement: 'OPT-04',
    group: 'domain',
    subject: 'contract',
    door: 'both',
    isFormOnly: ({ details }) => isOnPaper(nameIn(details)),
    lead: ({ name }) => ({ kind: 'days', days: days(readOrderedName(name ?? '')) }),
    fields,
    openKey: keyOf,
    check: (wish, client) => refuseHeld(wish, client),
    priceCodes: [feeCodes[kind], ...nameCategories.map(yearCode)],
    prices: ({ details }) => pricesOf(kind, nameIn(details)),
    describe: (details) =>
      Object.keys(fields).map((key) => ({ key, text: details[key as keyof NameWish] })),
    work: 'staff',
    steps,
    perform: async (order, client) => {
      const { name } = order.facts as NameWish
      const read = nameIn({ name })
      const details = { name: read.unicode, ascii: read.ascii, category: read.category }
      const wish = { kind: 'domain_maintenance', details, subject: read.unicode }
      await beginOption(order, wish, pricesOf(kind, read), client)
    },
  }
}

/** M 3.1: 8 for 属性型 JP, 4 for the others. */
export const domainRegistration = agencyOf({
  name: 'domain_registration',
  steps: ['available', 'register', 'delegate', 'tell'],
  days: (name) => daysOfRegistration[name?.category ?? 'gtld'],
})

/** M 3.1: 3 + α, whatever the kind of name; α is up to who has it now. */
export const domainTransfer = agencyOf({
  name: 'domain_transfer',
  steps: ['code', 'transfer', 'delegate', 'tell'],
  days: () => 3,
})

/** M 3.2: Auth コード・レジストリキーの案内 2 営業日程度. */
export const domainMaintenanceCancellation: OrderKind = cancellationOf({
  kind: 'domain_maintenance',
  requirement: 'OPT-04',
  group: 'domain',
  lead: { kind: 'days', days: 2 },
  steps: ['auth_code', 'release'],
})

function nameIn({ name }: Pick<NameWish, 'name'>): OrderedName {
  const read = readOrderedName(name)
  if (!read) throw new Refusal('order_name_is_not_ours_to_get', 'name')
  return read
}

/** Of one contract: between two who want the same name staff decides, and neither hears of the other. */
function keyOf({ contract, details }: Pick<Wish<NameWish>, 'contract' | 'details'>) {
  const digest = createHash('sha256').update(nameIn(details).ascii).digest('hex')
  return `domain_name:${contract.id}:${digest}`
}

/** A name is kept up once. */
async function refuseHeld(
  { contract, details }: Wish<NameWish>,
  client: TransactionClientContract
) {
  const { ascii } = nameIn(details)
  const held = await activeOptions(contract.id, ['domain_maintenance'], client)
  if (held.some(({ facts }) => facts.ascii === ascii)) {
    throw new Refusal('order_name_is_kept_already', 'name')
  }
  const openKey = keyOf({ contract, details })
  const open = Order.query({ client })
    .where('openKey', openKey)
    .whereIn('state', [...openStates])
  if (await open.first()) throw new Refusal('order_name_is_ordered_already', 'name')
}

function pricesOf(kind: Agency['name'], { category }: OrderedName): PriceUse[] {
  return [{ code: feeCodes[kind] }, { code: yearCode(category) }]
}

function yearCode(category: NameCategory) {
  return `domain.${category}` as const
}
