import AssertServer from '#jobs/assert_server'
import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import Server from '#models/server'
import Task from '#models/task'

/**
 * Each night all servers are looked at. A task each, in the lane of its server: what an order changes at the same moment isn't put back
 * in the middle, and one that can't be reached keeps no other from being looked at.
 */
export default class AssertServers implements Job {
  static readonly kind = 'assert_servers'

  async handle(run: TaskRun) {
    const servers = await Server.query()
      .whereIn('state', ['running', 'stopped'])
      .select('id')
      .orderBy('id')
    for (const [index, { id }] of servers.entries()) {
      run.signal.throwIfAborted()
      await Task.enqueue({
        kind: AssertServer.kind,
        payload: { serverId: id },
        lockKey: `server:${id}`,
        uniqueKey: `${AssertServer.kind}:${id}`,
        serverId: id,
        maxAttempts: 3,
      })
      if (index % 100 === 99) await run.progress(((index + 1) / servers.length) * 100)
    }
    await run.log(`${servers.length} servers`)
  }
}
