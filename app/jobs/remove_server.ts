import { DateTime } from 'luxon'
import { computeFor } from '#compute/index'
import type { Job } from '#jobs/job'
import { serverIdOf } from '#jobs/payloads'
import type { TaskRun } from '#jobs/task_run'
import { forgetServer } from '#models/server/end'
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
    await forgetServer(server.id)
    await run.log(`${server.name} was removed`)
  }
}
