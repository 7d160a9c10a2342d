import i18nManager from '@adonisjs/i18n/services/main'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import type Order from '#models/order'
import { system } from '#models/order/author'

/** Later than this it counts as late. */
const lateAfterMs = 30 * 60_000

/**
 * Does what a machine does, once: whoever comes second finds it begun. Nothing is done before its time, nor of an order
 * that was withdrawn meanwhile. What can't be any more (its server is gone) is rejected, with the reason.
 */
export async function performDue(order: Order, moment = new Date()) {
  const words = i18nManager.locale('ja')
  try {
    await order.change((now, client) => performWithin(now, client, moment))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    await order.reject(words.t(`messages.refusals.${error.key}`, error.data), system)
  }
}

async function performWithin(order: Order, client: TransactionClientContract, moment: Date) {
  const { dueAt, state, rules } = order
  if (state !== 'waiting' || !dueAt || dueAt.toMillis() > moment.getTime()) return
  if (moment.getTime() - dueAt.toMillis() > lateAfterMs) {
    await order.note({ what: 'late', isInternal: true }, system, client)
  }
  await order.become('working', { what: 'working', isQuiet: true }, system, client)
  if (rules.begin) return rules.begin(order, client)
  await rules.perform?.(order, client)
  await order.become('done', { what: 'done' }, system, client)
}
