import db from '@adonisjs/lucid/services/db'
import { computeFor } from '#compute/index'
import type { Job } from '#jobs/job'
import { serverIdOf } from '#jobs/payloads'
import type { TaskRun } from '#jobs/task_run'
import Order from '#models/order'
import { system } from '#models/order/author'
import { addedAddressesOf } from '#models/server/added_address'
import Server from '#models/server'

/** OPT-03: cards for added addresses, and none for those that were given back. */
export default class SetAddresses implements Job {
  static readonly kind = 'set_addresses'

  async handle(run: TaskRun) {
    const { orderId, released } = (run.payload ?? {}) as { orderId?: number; released?: string }
    const server = await Server.findOrFail(serverIdOf(run))
    const order = orderId ? await Order.find(orderId) : null
    try {
      await this.#give(server, released)
    } catch (error) {
      if (run.isLastAttempt) await order?.stall(String(error))
      throw error
    }
    await this.#note(server, released)
    if (order?.state === 'working') await order.finish(system)
  }

  /** A server that has ended is switched off: its cards go with it. */
  async #give(server: Server, released?: string) {
    if (server.isEnded) return
    const addresses = await addedAddressesOf(server)
    const compute = await computeFor(server)
    await compute.setAddedAddresses(addresses.filter((each) => each !== released))
  }

  /** First the machine let go of it, now anybody may have it. */
  #note(server: Server, released?: string) {
    return db.transaction(async (client) => {
      const own = client.from('server_addresses').where('server_id', server.id)
      if (released) await own.where('address', released).update({ server_id: null })
      await server.requestApply({ reason: SetAddresses.kind }, client)
    })
  }
}
