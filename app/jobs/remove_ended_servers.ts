import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { removeEndedServers } from '#models/server/end'

/** ORD-04: servers that were cancelled and kept long enough. */
export default class RemoveEndedServers implements Job {
  static readonly kind = 'remove_ended_servers'

  async handle(run: Pick<TaskRun, 'log'>) {
    const count = await removeEndedServers()
    if (count > 0) await run.log(`${count} servers`)
  }
}
