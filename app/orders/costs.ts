import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { Day } from '#calendar/day'
import { costOf, type Cost } from '#models/fee/cost'
import type { OrderKind, Wish } from '#orders/kind'

/** What an order changes in what the contract pays, from the day on which it is done (ORD-07). */
export async function costOfWish(
  kind: OrderKind,
  wish: Wish,
  from: Day,
  client?: TransactionClientContract
): Promise<Cost> {
  const prices = (await kind.prices?.(wish, client)) ?? []
  return costOf(wish.contract.id, prices, from, client)
}
