import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import type Order from '#models/order'
import Server from '#models/server'
import Task from '#models/task'

/** What an order makes of a server; what isn't named stays. */
export interface Resize {
  readonly plan?: string
  readonly addedDiskGb?: number
}

/** OPT-01, OPT-02: its machine is changed by a task, and its row with the end of the order. */
export async function requestResize(
  order: Order,
  resize: Resize,
  client: TransactionClientContract
) {
  const server = await Server.lock(order.serverId!, client)
  if (server.isEnded) throw new Refusal('server_is_ended')
  const payload = { serverId: server.id, orderId: order.id, ...resize }
  await Task.enqueue(
    {
      kind: 'resize_server',
      payload,
      lockKey: `server:${server.id}`,
      serverId: server.id,
      maxAttempts: 3,
    },
    client
  )
}
