import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import i18nManager from '@adonisjs/i18n/services/main'
import { DateTime } from 'luxon'
import Order from '#models/order'
import { system } from '#models/order/author'
import { dueAtOfOrder, followedDay, wishAgain } from '#orders/dates'
import { kinds } from '#orders/index'
import { untouchedStates, type OrderState } from '#orders/state'
import { dayText } from '#orders/words'

/**
 * M 3.1: an added address is set up on the day of its SSL order (`follows` of its kind). That day moved: what follows it
 * moves with it, unless it has begun, and the customer is told. Within the transaction that moved it.
 */
export async function moveFollowers(moved: Order, client: TransactionClientContract) {
  if (moved.dueOn === null) return
  const followers = await followersOn(moved.serverId, ['received', 'waiting'], client)
  for (const { id } of followers) await follow(await Order.lock(id, client), client)
}

/**
 * OPT-03: an added address is for a certificate only. The SSL order that it was ordered with came to nothing: what nobody
 * has begun of it goes as well, and the customer is told why. Within the transaction that ended it.
 */
export async function endFollowers(ended: Order, client: TransactionClientContract) {
  const { state } = ended
  if (state !== 'withdrawn' && state !== 'rejected') return
  const text = say('followed_has_ended')
  for (const { id } of await followersOf(ended, client)) {
    const order = await Order.lock(id, client)
    if (!untouchedStates.includes(order.state)) continue
    await order.become(state, { what: state, text }, system, client)
  }
}

/** What would end with it, were it withdrawn now. */
export async function followersOf(order: Order, client?: TransactionClientContract) {
  const followers = await followersOn(order.serverId, untouchedStates, client)
  return followers.filter(({ rules, facts }) => rules.followed?.(facts) === order.id)
}

async function followersOn(
  serverId: number | null,
  states: readonly OrderState[],
  client?: TransactionClientContract
): Promise<Order[]> {
  if (serverId === null) return []
  const names = kinds.filter(({ follows }) => follows).map(({ name }) => name)
  return Order.query({ client })
    .where('serverId', serverId)
    .whereIn('kind', names)
    .whereIn('state', [...states])
    .orderBy('id')
}

async function follow(order: Order, client: TransactionClientContract) {
  const before = order.dueOn
  const day = await followedDay(order.rules, await wishAgain(order, client, new Date()))
  if (day === null || day.toString() === before) return
  const dated: Order = order.merge({ dueOn: day.toString() })
  const dueAt = DateTime.fromJSDate(await dueAtOfOrder(order, client))
  await dated.merge({ dueAt }).useTransaction(client).save()
  if (order.state === 'waiting') await order.requestWork(client)
  const text = say('followed', { from: dayText(before), to: dayText(order.dueOn) })
  await order.note({ what: 'note', text }, system, client)
}

function say(key: string, values?: Record<string, string>) {
  return i18nManager.locale('ja').t(`messages.orders.${key}`, values)
}
