import Order from '#models/order'
import type Server from '#models/server'
import { openStates } from '#orders/state'

const mostShown = 10

/** ORD-06: what is ordered of a server and its domains and isn't done yet; its end first. */
export async function openOrdersOf({ id, contractId }: Server): Promise<readonly Order[]> {
  const orders = await Order.query()
    .where({ serverId: id, contractId })
    .whereIn('state', [...openStates])
    .orderBy('id')
    .limit(mostShown)
  return orders.sort((one, other) => Number(isEnd(other)) - Number(isEnd(one)))
}

function isEnd({ rules }: Order) {
  return rules.cancels === 'server'
}
