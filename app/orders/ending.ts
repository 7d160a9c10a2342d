import db from '@adonisjs/lucid/services/db'
import { errors } from '@adonisjs/lucid'
import type Order from '#models/order'
import { wishAgain } from '#orders/dates'
import type { Ending } from '#orders/kind'

/** ORD-04: what ends with a cancellation that was ordered, as it is now; nothing of what is over. */
export function endingsOf(order: Order): Promise<readonly Ending[]> {
  const { isOpen, rules } = order
  if (!isOpen || !rules.ends) return Promise.resolve([])
  return db.transaction(async (client) => {
    try {
      return await rules.ends!(await wishAgain(order, client, new Date()), client)
    } catch (error) {
      if (error instanceof errors.E_ROW_NOT_FOUND) return []
      throw error
    }
  })
}
