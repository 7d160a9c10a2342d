import { computeFor } from '#compute/index'
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
    // An adopted machine is the provider's own to switch off
    if (!compute.can.limits) return run.log(`${server.name}: switch it off by hand`, 'warn')
    const { status } = await compute.state()
    if (status !== 'missing') await compute.retire()
  }
}
