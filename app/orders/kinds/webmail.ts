import vine from '@vinejs/vine'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Day } from '#calendar/day'
import { Refusal } from '#exceptions/refusals'
import Fee from '#models/fee'
import type { PriceUse } from '#models/fee/cost'
import Mailbox from '#models/mailbox'
import Option from '#models/option'
import Order from '#models/order'
import { beginOption } from '#orders/effects/options'
import type { FormWish, OrderKind, ToldRows, Wish } from '#orders/kind'
import { cancellationOf, refuseOther } from '#orders/kinds/cancellation'
import { refuseSecond } from '#orders/kinds/refusals'

interface WebmailWish {
  /** Ids of mailboxes that use it. */
  readonly mailboxes: readonly number[]
}

const fields = {
  mailboxes: vine
    .array(vine.number().withoutDecimals().positive())
    .minLength(1)
    .maxLength(10_000)
    .distinct(),
}

/** OPT-06: at once; for the users of a domain that were chosen. */
export const webmail: OrderKind<WebmailWish> = {
  name: 'webmail',
  requirement: 'OPT-06',
  group: 'application',
  subject: 'domain',
  door: 'panel',
  lead: () => ({ kind: 'at_once' }),
  fields,
  choices: async ({ domain }) => ({ mailboxes: domain ? await mailboxesOf(domain.id) : [] }),
  admit: ({ domain }, client) => refuseSecond(['webmail'], { domain_id: domain!.id }, client),
  check: refuseStrangers,
  priceCodes: ['webmail'],
  prices: ({ details }) => pricesOf(details),
  describe,
  work: 'machine',
  perform: async (order, client) => {
    const facts = order.facts as WebmailWish
    const quantity = facts.mailboxes.length
    const details = { ...facts, name: order.subject }
    await beginOption(order, { quantity, details }, pricesOf(facts), client)
  },
}

/** Who uses it: once a day, together with its cancellation (M 3.2). */
export const webmailChange: OrderKind<WebmailWish> = {
  ...webmail,
  name: 'webmail_change',
  subject: 'option',
  changes: 'webmail',
  choices: async ({ option }) => ({
    mailboxes: option?.domainId ? await mailboxesOf(option.domainId) : [],
    chosen: option?.facts.mailboxes ?? [],
  }),
  admit: async (wish, client) => {
    refuseOther(wish, 'webmail')
    await refuseSecondToday(wish, client)
  },
  prices: ({ details, option }) =>
    pricesOf(details).map((use) => ({ ...use, changesOption: option!.id })),
  perform: async (order, client) => {
    const { mailboxes } = order.facts as WebmailWish
    const option = await Option.findOrFail(order.optionId!, { client })
    const details = JSON.stringify({ ...option.facts, mailboxes })
    await option.merge({ details, quantity: mailboxes.length }).save()
    const today = Day.at(new Date())
    await Fee.setQuantity({ optionId: option.id }, mailboxes.length, today, client)
  },
}

const ending = cancellationOf({ kind: 'webmail', requirement: 'OPT-06', group: 'application' })

/** M 3.2: 即時, 変更は1日1回に限ります. Mail stays; what the program itself keeps is deleted. */
export const webmailCancellation: OrderKind = {
  ...ending,
  admit: async (wish, client) => {
    refuseOther(wish, 'webmail')
    await refuseSecondToday(wish, client)
  },
}

function pricesOf({ mailboxes }: WebmailWish): PriceUse[] {
  return [{ code: 'webmail', quantity: mailboxes.length }]
}

function describe({ mailboxes }: WebmailWish): ToldRows[] {
  return [{ key: 'mailboxes', table: 'mailboxes', ids: mailboxes }]
}

function mailboxesOf(domainId: number, client?: TransactionClientContract) {
  return Mailbox.query({ client }).where('domainId', domainId).orderBy('localPart')
}

async function refuseStrangers(
  { domain, details }: Wish<WebmailWish>,
  client: TransactionClientContract
) {
  const mailboxes = await mailboxesOf(domain!.id, client)
  const ids = new Set(mailboxes.map(({ id }) => id))
  if (!details.mailboxes.every((id) => ids.has(id)))
    throw new Refusal('order_mailbox_is_unknown', 'mailboxes')
}

async function refuseSecondToday({ domain, moment }: FormWish, client?: TransactionClientContract) {
  const today = Day.at(moment).toString()
  const changes = Order.query({ client })
    .whereIn('kind', ['webmail_change', 'webmail_cancellation'])
    .where({ domainId: domain!.id, dueOn: today })
    .whereNotIn('state', ['withdrawn', 'rejected'])
  if (await changes.first()) throw new Refusal('order_once_a_day')
}
