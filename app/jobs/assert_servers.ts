import { computeFor } from '#compute/index'
import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import Server from '#models/server'

/** Isolation keys, limits and devices of all servers, put back where somebody changed them past the panel. */
export default class AssertServers implements Job {
  static readonly kind = 'assert_servers'

  async handle(run: TaskRun) {
    const servers = await Server.query()
      .whereIn('state', ['running', 'stopped'])
      .preload('computeNode')
      .orderBy('id')
    for (const [index, server] of servers.entries()) {
      run.signal.throwIfAborted()
      await this.#assert(server, run)
      await run.progress(((index + 1) / servers.length) * 100)
    }
  }

  /** One server that can't be reached must not keep the others from being looked at. */
  async #assert(server: Server, run: TaskRun) {
    try {
      const compute = await computeFor(server)
      const corrected = await compute.assertConfiguration()
      if (corrected.length > 0)
        await run.log(`${server.name}: put back ${corrected.join(', ')}`, 'warn')
    } catch (error) {
      await run.log(
        `${server.name}: ${error instanceof Error ? error.message : String(error)}`,
        'error'
      )
    }
  }
}
