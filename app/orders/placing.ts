import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { Day } from '#calendar/day'
import { Refusal } from '#exceptions/refusals'
import Contract from '#models/contract'
import DomainDeletion from '#models/domain_deletion'
import Order from '#models/order'
import type { OrderAuthor } from '#models/order/author'
import OrderEvent from '#models/order_event'
import Server from '#models/server'
import { sqlTime } from '#models/task/clock'
import { retried } from '#models/task/contention'
import { costOfWish } from '#orders/costs'
import { datesOf, type Dates } from '#orders/dates'
import type { FormWish, OrderKind, Wish } from '#orders/kind'
import { refusePhysical } from '#orders/kinds/refusals'
import { kindOf } from '#orders/index'
import { openStates } from '#orders/state'
import { subjectName, wishOf, type WishRequest } from '#orders/wish'

export interface OrderRequest extends WishRequest {
  readonly kind: string
  /** Of the form: the same one again is the same order. */
  readonly token: string
}

/** What staff may say beside, of an application on paper. */
export interface PaperFacts {
  /** Why a day that the tables don't allow was agreed on; counts only with one. */
  readonly reason?: string
  /** What is missing: the days don't count yet. */
  readonly missing?: string
}

/**
 * ORD-06: one transaction, in which nobody else orders anything of this contract or on this server. Who sends the same
 * form again, even at the same moment, gets the order that is there.
 */
export async function place(
  request: OrderRequest,
  author: OrderAuthor,
  paper: PaperFacts = {},
  moment = new Date()
): Promise<Order> {
  await kindOf(request.kind).askFirst?.(request)
  return retried(() =>
    db.transaction(async (client) => {
      await Contract.lock(request.contractId, client)
      const before = await Order.query({ client }).where('token', request.token).first()
      if (before) return sameOrder(before, request)
      return placeNew(request, author, paper, { client, moment })
    })
  )
}

function sameOrder(order: Order, { contractId, kind }: OrderRequest) {
  if (order.contractId === contractId && order.kind === kind) return order
  throw new Refusal('order_form_was_used')
}

async function placeNew(
  request: OrderRequest,
  author: OrderAuthor,
  paper: PaperFacts,
  { client, moment }: { client: TransactionClientContract; moment: Date }
): Promise<Order> {
  const kind = kindOf(request.kind)
  const role = author.role === 'staff' ? 'staff' : 'contractor'
  const wish = await wishOf(kind, request, role, client, moment)
  if (role === 'contractor') await refuseFlood(kind, wish, client)
  if (wish.server) await Server.lock(wish.server.id, client)
  const isFreeDay = paper.reason !== undefined
  const { dates, keys } = await checked(kind, wish, { client, isFreeDay })
  const { once, monthly } = await costOfWish(kind, wish, dates.dueOn, client)
  const yen = { oneTimeYen: once.net, monthlyYen: monthly.net }
  const row = { ...rowOf(kind, wish, dates), ...keys, ...yen }
  const { accountId, staffId } = author
  const order = await Order.create({ ...row, accountId, staffId, token: request.token }, { client })
  await OrderEvent.record(order.id, { what: 'received', text: paper.reason }, author, client)
  if (paper.missing) await order.lackWithin(client, paper.missing, author)
  else if (kind.work === 'machine') await order.awaitWithin(client)
  return order
}

const hourMs = 3600_000

/** Of a contract in an hour: each step of an order is a mail. Nobody orders so much by hand. */
export const ordersPerHour = 60

/** Of a contract in a day: a machine makes them at once, and whoever stole a session would take all the room there is. */
export const serversPerDay = 10

async function refuseFlood(
  { name }: OrderKind,
  { contract, moment }: Wish,
  client: TransactionClientContract
) {
  const since = (hours: number) =>
    Order.query({ client })
      .where('contractId', contract.id)
      .where('appliedAt', '>', sqlTime(moment.getTime() - hours * hourMs))
  const latest = await since(1).select('id').limit(ordersPerHour)
  if (latest.length >= ordersPerHour)
    throw new Refusal('too_many_orders', undefined, { limit: ordersPerHour })
  if (name !== 'server_addition') return
  const servers = await since(24).where('kind', name).select('id').limit(serversPerDay)
  if (servers.length >= serversPerDay)
    throw new Refusal('too_many_servers_ordered', undefined, { limit: serversPerDay })
}

/** All that can be said against it, and when it is done if nothing can. */
export async function checked(
  kind: OrderKind,
  wish: Wish,
  { client, isFreeDay = false }: { client: TransactionClientContract; isFreeDay?: boolean }
): Promise<{ readonly dates: Dates; readonly keys: Keys }> {
  if (wish.role !== 'staff' && isFormOnly(kind, wish)) throw new Refusal('order_by_form_only')
  await refuseGone(kind, wish, client)
  await refuseCancelled(kind, wish, client)
  await kind.admit?.(wish, client)
  await kind.check?.(wish, client)
  const dates = await datesOf(kind, wish, isFreeDay && wish.role === 'staff' && wish.dueOn !== null)
  const keys = keysOf(kind, wish, dates)
  await refuseSecond(keys, client)
  return { dates, keys }
}

export function isFormOnly(kind: OrderKind, wish: Wish) {
  return kind.door === 'form' || (kind.door === 'both' && (kind.isFormOnly?.(wish) ?? false))
}

/** Nobody has anything of a server that has ended, nor of a domain while it waits for its end (DOM-05). */
export async function refuseGone(
  { subject, isVirtualOnly }: OrderKind,
  { server, domain }: FormWish,
  client?: TransactionClientContract
) {
  if (subject !== 'server' && subject !== 'domain') return
  if (server?.isEnded) throw new Refusal('order_server_is_ended')
  if (isVirtualOnly && server) refusePhysical(server)
  const waiting = domain && DomainDeletion.query({ client }).where('domainId', domain.id)
  if (await waiting?.first()) throw new Refusal('domain_waits_for_deletion')
}

/** ORD-04: while the end of a server is booked, nothing in it is ordered, changed or cancelled. */
async function refuseCancelled(
  kind: OrderKind,
  { server }: Wish,
  client: TransactionClientContract
) {
  if (!server || kind.cancels === 'server') return
  if (await isBeingCancelled(server.id, client)) throw new Refusal('server_is_being_cancelled')
}

export async function isBeingCancelled(serverId: number, client?: TransactionClientContract) {
  const open = Order.query({ client })
    .where('serverId', serverId)
    .whereIn('state', [...openStates])
  return (await open.where('kind', 'server_cancellation').first()) !== null
}

interface Keys {
  readonly dayKey: string | null
  readonly openKey: string | null
}

function keysOf(kind: OrderKind, wish: Wish, { dueAt }: Dates): Keys {
  const of = `${kind.name}:${kind.subject}:${subjectId(kind, wish)}`
  const usual = kind.subject === 'contract' ? null : of
  return {
    openKey: kind.openKey ? kind.openKey(wish) : usual,
    dayKey: kind.isOncePerDay ? `${of}:${Day.at(dueAt)}` : null,
  }
}

function subjectId({ subject }: OrderKind, wish: Wish) {
  return wish[subject]!.id
}

/** Nobody else can write one meanwhile: all of them lock the contract. */
async function refuseSecond({ dayKey, openKey }: Keys, client: TransactionClientContract) {
  if (openKey && (await Order.query({ client }).where('openKey', openKey).first()))
    throw new Refusal('order_is_open_already')
  if (dayKey && (await Order.query({ client }).where('dayKey', dayKey).first()))
    throw new Refusal('order_once_a_day', 'due_on')
}

function rowOf(kind: OrderKind, wish: Wish, { receivedOn, dueOn, isChosen, dueAt }: Dates) {
  const { server, domain, zone, option, contract } = wish
  const moment = DateTime.fromJSDate(wish.moment)
  return {
    contractId: contract.id,
    kind: kind.name,
    state: 'received' as const,
    serverId: server?.id ?? null,
    domainId: domain?.id ?? null,
    zoneId: zone?.id ?? null,
    optionId: option?.id ?? null,
    subject: subjectName(wish).slice(0, 255),
    details: JSON.stringify(wish.details),
    appliedAt: moment,
    receivedOn: receivedOn.toString(),
    dueOn: dueOn.toString(),
    dueChosen: isChosen,
    workWindow: wish.window,
    dueAt: DateTime.fromJSDate(dueAt),
    stateAt: moment,
  }
}
