import { DateTime } from 'luxon'
import { computeFor } from '#compute/index'
import { convergeServer } from '#jobs/converge_server'
import type { Job } from '#jobs/job'
import { serverIdOf } from '#jobs/payloads'
import type { TaskRun } from '#jobs/task_run'
import { forgetServer, releaseDomains } from '#models/server/end'
import Server from '#models/server'

/** ORD-04: a server that was kept long enough goes for good, with its volumes. First the machine: a row can be found again. */
export default class RemoveServer implements Job {
  static readonly kind = 'remove_server'

  async handle(run: TaskRun) {
    const server = await Server.findOrFail(serverIdOf(run))
    if (server.state !== 'ended' || !server.removesAt || server.removesAt > DateTime.utc()) return
    const compute = await computeFor(server)
    await run.confirmOurs()
    if (compute.can.limits) await compute.delete()
    else await this.#empty(server, run)
    await forgetServer(server.id)
    await run.log(`${server.name} was removed`)
  }

  /** SRV-02: what was a customer's goes from an adopted machine. One that was taken away already has nothing to answer. */
  async #empty(server: Server, run: TaskRun) {
    try {
      await releaseDomains(server.id)
      const options = { scope: 'all', reason: RemoveServer.kind, taskId: run.id } as const
      const { state, message } = await convergeServer(server, { ...options, signal: run.signal })
      if (state === 'failed' || state === 'rolled_back') throw new Error(message ?? state)
    } catch (error) {
      if (!run.isLastAttempt || run.signal.aborted) throw error
      await run.log(`${server.name}: not emptied, wipe its disks by hand: ${error}`, 'error')
    }
  }
}
