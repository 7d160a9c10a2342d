import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import Order from '#models/order'
import { activeOptions } from '#orders/effects/options'
import { openStates } from '#orders/state'

/** Servers that the contract has, or has ordered, behind its load balancers or its firewall. */
export async function membersOf(
  contractId: number,
  kind: 'load_balancer' | 'firewall',
  client?: TransactionClientContract
): Promise<ReadonlySet<number>> {
  const options = await activeOptions(contractId, [kind], client)
  const orders = await Order.query({ client })
    .where({ contractId, kind })
    .whereIn('state', [...openStates])
  const servers = [...options, ...orders].flatMap(({ facts }) => (facts.servers ?? []) as number[])
  return new Set(servers)
}
