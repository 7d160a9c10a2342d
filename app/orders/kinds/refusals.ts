import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import type Server from '#models/server'
import Option from '#models/option'
import Order from '#models/order'
import { openStates } from '#orders/state'

/** M 2.3.1 *1: plans A to E only. */
export function refusePhysical({ kind }: Server) {
  if (kind === 'physical') throw new Refusal('order_not_for_physical')
}

export function refuseNotServing({ state }: Server) {
  if (state !== 'running' && state !== 'stopped') throw new Refusal('order_server_is_not_ready')
}

/** One of these that is there or on its way is enough. `about`: columns of options and orders alike. */
export async function refuseSecond(
  kinds: readonly string[],
  about: Readonly<Record<string, number>>,
  client?: TransactionClientContract
) {
  const option = Option.query({ client })
    .whereIn('kind', [...kinds])
    .where(about)
  if (await option.whereNull('endedOn').first()) throw new Refusal('order_option_is_there')
  const order = Order.query({ client })
    .whereIn('kind', [...kinds])
    .where(about)
  if (await order.whereIn('state', [...openStates]).first())
    throw new Refusal('order_is_open_already')
}
