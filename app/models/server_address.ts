import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { ServerAddressSchema } from '#database/schema'

/** What takes one: a server, of its node's pool. */
interface Taker {
  readonly id: number
  readonly computeNodeId: number
}

/** One address of a node's pool; free while nobody has it and staff keep it for nothing. */
export default class ServerAddress extends ServerAddressSchema {
  /** By a guarded update: two servers can't get the same. Null where the pool is empty. */
  static async take(taker: Taker, client: TransactionClientContract): Promise<string | null> {
    for (;;) {
      const free = await this.#free(taker.computeNodeId, client).orderBy('id').forUpdate().first()
      if (!free) return null
      const taken = await this.#free(taker.computeNodeId, client)
        .where('id', free.id)
        .update({ server_id: taker.id })
      if (Number(taken) > 0) return free.address
    }
  }

  static #free(nodeId: number, client: TransactionClientContract) {
    const own = client.from('server_addresses').where('compute_node_id', nodeId)
    return own.whereNull('server_id').whereNull('reserved_for')
  }
}
