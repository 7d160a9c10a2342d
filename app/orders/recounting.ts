import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { errors } from '@adonisjs/lucid'
import { DateTime } from 'luxon'
import i18nManager from '@adonisjs/i18n/services/main'
import { Day } from '#calendar/day'
import Order from '#models/order'
import { system } from '#models/order/author'
import { dueAtOfOrder, wishAgain } from '#orders/dates'
import { moveFollowers } from '#orders/following'
import { dayText } from '#orders/words'

/**
 * ORD-01: closing days changed. Days that were only expected are counted anew, and the customer is told; days that
 * somebody chose stay, and staff sees that the provider is closed then. Answers how many moved.
 */
export async function recountExpected(signal?: AbortSignal): Promise<number> {
  const orders = await Order.query()
    .whereIn('state', ['received', 'waiting'])
    .where('dueChosen', false)
    .whereNotNull('receivedOn')
    .select('id')
    .orderBy('id')
  let moved = 0
  for (const { id } of orders) {
    if (signal?.aborted) break
    const order = await Order.find(id)
    try {
      await order?.change(async (now, client) => {
        if (await recount(now, client)) moved++
      })
    } catch (error) {
      // What it is about was deleted meanwhile: staff decides, and the others are counted all the same
      if (!(error instanceof errors.E_ROW_NOT_FOUND)) throw error
    }
  }
  return moved
}

async function recount(order: Order, client: TransactionClientContract) {
  const { state, dueChosen, receivedOn, dueOn: before, rules } = order
  if (!['received', 'waiting'].includes(state) || dueChosen || receivedOn === null) return false
  const wish = await wishAgain(order, client, new Date())
  const lead = rules.lead(wish.details)
  if (lead.kind !== 'days' || rules.follows) return false
  const dueOn = wish.calendar.nth(Day.of(receivedOn), lead.days).toString()
  if (dueOn === before) return false
  const dated: Order = order.merge({ dueOn })
  const dueAt = DateTime.fromJSDate(await dueAtOfOrder(order, client))
  await dated.merge({ dueAt }).useTransaction(client).save()
  // The worker comes at the old time, finds that it isn't due, and would not come again
  if (state === 'waiting') await order.requestWork(client)
  await moveFollowers(order, client)
  const days = { from: dayText(before), to: dayText(dueOn) }
  const text = i18nManager.locale('ja').t('messages.orders.recounted', days)
  await order.note({ what: 'note', text }, system, client)
  return true
}
