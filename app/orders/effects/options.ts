import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { periodOf } from '#billing/codes'
import { Day } from '#calendar/day'
import Domain from '#models/domain'
import Fee from '#models/fee'
import type { PriceUse } from '#models/fee/cost'
import OneTimeFee from '#models/one_time_fee'
import Option from '#models/option'
import type Order from '#models/order'

export interface NewOption {
  /** That of the order when absent. */
  readonly kind?: string
  readonly quantity?: number
  readonly details?: object
  /** As statements call what it is for; that of the order when absent. */
  readonly subject?: string
}

/** What the contract has from today on, with what it costs. */
export async function beginOption(
  order: Order,
  wish: NewOption,
  prices: readonly PriceUse[],
  client: TransactionClientContract
): Promise<Option> {
  const { contractId, domainId, zoneId, kind, details } = order
  const today = Day.at(new Date())
  const values = {
    kind: wish.kind ?? kind,
    quantity: wish.quantity ?? 1,
    details: wish.details === undefined ? details : JSON.stringify(wish.details),
  }
  const ids = { contractId, domainId, zoneId, serverId: await serverOf(order, client) }
  const option = await Option.create(
    { ...ids, ...values, startedOn: today.toString(), orderId: order.id },
    { client }
  )
  await charge(order, prices, { option, subject: wish.subject }, client)
  return option
}

interface Charged {
  /** Whose end ends what lasts. */
  readonly option?: Option
  readonly serverId?: number
  readonly subject?: string
}

/** ORD-07: from today on, or once. Each code of an order is charged once, however often this runs. */
export async function charge(
  order: Order,
  prices: readonly PriceUse[],
  { option, serverId, subject = order.subject }: Charged,
  client: TransactionClientContract
) {
  const { contractId, id: orderId } = order
  const today = Day.at(new Date())
  const ids = { optionId: option?.id ?? null, serverId: serverId ?? null }
  for (const { code, quantity } of prices) {
    const what = { contractId, code, quantity, subject, orderId }
    if (periodOf(code) === 'once') await OneTimeFee.charge({ ...what, on: today }, client)
    else await Fee.begin({ ...what, ...ids, from: today }, client)
  }
}

/** Of a domain, its server; null where it is about neither. */
async function serverOf({ serverId, domainId }: Order, client: TransactionClientContract) {
  if (serverId || !domainId) return serverId
  const domain = await Domain.find(domainId, { client })
  return domain?.serverId ?? null
}

/** From the day after its last one it costs nothing. One that has ended stays as it is. */
export async function endOption(
  option: Option,
  lastDay: Day,
  cancellation: Order | null,
  client: TransactionClientContract
): Promise<void> {
  if (option.isEnded) return
  const ends = { endedOn: lastDay.toString(), cancellationId: cancellation?.id ?? null }
  await option.useTransaction(client).merge(ends).save()
  await Fee.end({ optionId: option.id }, lastDay, client)
}

/** Of a contract, those of some kinds that it has now. */
export function activeOptions(
  contractId: number,
  kinds: readonly string[],
  client?: TransactionClientContract
) {
  return Option.query({ client })
    .where('contractId', contractId)
    .whereIn('kind', [...kinds])
    .whereNull('endedOn')
    .orderBy('id')
}
