import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import i18nManager from '@adonisjs/i18n/services/main'
import { DateTime } from 'luxon'
import Order from '#models/order'
import { system } from '#models/order/author'
import { dueAtOfOrder, followedDay, wishAgain } from '#orders/dates'
import { kinds } from '#orders/index'
import { dayText } from '#orders/words'

/**
 * M 3.1: an added address is set up on the day of its SSL order (`follows` of its kind). That day moved: what follows it
 * moves with it, unless it has begun, and the customer is told. Within the transaction that moved it.
 */
export async function moveFollowers(moved: Order, client: TransactionClientContract) {
  if (moved.serverId === null || moved.dueOn === null) return
  const names = kinds.filter(({ follows }) => follows).map(({ name }) => name)
  const followers = await Order.query({ client })
    .where('serverId', moved.serverId)
    .whereIn('kind', names)
    .whereIn('state', ['received', 'waiting'])
    .select('id')
    .orderBy('id')
  for (const { id } of followers) await follow(await Order.lock(id, client), client)
}

async function follow(order: Order, client: TransactionClientContract) {
  const before = order.dueOn
  const day = await followedDay(order.rules, await wishAgain(order, client, new Date()))
  if (day === null || day.toString() === before) return
  const dated: Order = order.merge({ dueOn: day.toString() })
  const dueAt = DateTime.fromJSDate(await dueAtOfOrder(order, client))
  await dated.merge({ dueAt }).useTransaction(client).save()
  if (order.state === 'waiting') await order.requestWork(client)
  const days = { from: dayText(before), to: dayText(order.dueOn) }
  const text = i18nManager.locale('ja').t('messages.orders.followed', days)
  await order.note({ what: 'note', text }, system, client)
}
