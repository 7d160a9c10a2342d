import { computeFor } from '#compute/index'
import { convergeServer } from '#jobs/converge_server'
import type { Job } from '#jobs/job'
import { serverIdOf } from '#jobs/payloads'
import type { TaskRun } from '#jobs/task_run'
import Server from '#models/server'

/** ORD-04: the machine of a server whose last day is over. It is kept, in case that it was a mistake. */
export default class StopServer implements Job {
  static readonly kind = 'stop_server'

  async handle(run: TaskRun) {
    const server = await Server.findOrFail(serverIdOf(run))
    if (server.state !== 'ended') return
    const compute = await computeFor(server)
    if (!compute.can.limits) return this.#silence(server, run)
    const { status } = await compute.state()
    if (status !== 'missing') await compute.retire()
  }

  /** SRV-02: an adopted machine is the provider's own to switch off. Nothing of its customer's is served from now on. */
  async #silence(server: Server, run: TaskRun) {
    const options = {
      scope: 'all',
      reason: StopServer.kind,
      taskId: run.id,
      signal: run.signal,
    } as const
    const { state, message } = await convergeServer(server, options)
    if (state === 'failed' || state === 'rolled_back') throw new Error(message ?? state)
    await run.log(`${server.name}: switch it off by hand`, 'warn')
  }
}
