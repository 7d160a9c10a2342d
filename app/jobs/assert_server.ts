import { computeFor } from '#compute/index'
import type { Job } from '#jobs/job'
import { serverIdOf } from '#jobs/payloads'
import type { TaskRun } from '#jobs/task_run'
import { addedAddressesOf } from '#models/server/added_address'
import Server from '#models/server'

/** Isolation keys, limits, devices and addresses of one server, put back where somebody changed them past the panel. */
export default class AssertServer implements Job {
  static readonly kind = 'assert_server'

  async handle(run: TaskRun) {
    const server = await Server.findOrFail(serverIdOf(run))
    if (server.state !== 'running' && server.state !== 'stopped') return
    const compute = await computeFor(server)
    const corrected = [...(await compute.assertConfiguration())]
    if (compute.can.limits)
      corrected.push(...(await compute.setAddedAddresses(await addedAddressesOf(server))))
    if (corrected.length > 0)
      await run.log(`${server.name}: put back ${corrected.join(', ')}`, 'warn')
  }
}
