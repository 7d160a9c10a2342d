import db from '@adonisjs/lucid/services/db'
import { computeFor } from '#compute/index'
import type { Job } from '#jobs/job'
import { serverIdOf } from '#jobs/payloads'
import type { TaskRun } from '#jobs/task_run'
import Server from '#models/server'
import { clearUnfinished, isUnfinished } from '#models/server/unfinished'

/** SRV-01: instance, volumes and address of a creation that was given up. Tried for hours: its node may be down. */
export default class ClearBuild implements Job {
  static readonly kind = 'clear_build'

  async handle(run: TaskRun) {
    const server = await Server.findOrFail(serverIdOf(run))
    // Staff may have had it built again meanwhile
    if (!(await isUnfinished(server))) return
    const compute = await computeFor(server)
    await run.confirmOurs()
    await compute.delete()
    await db.transaction((client) => clearUnfinished(server.id, client))
    await run.log(`${server.name}: nothing is left of its machine`)
  }
}
