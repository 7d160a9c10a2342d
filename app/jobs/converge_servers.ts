import db from '@adonisjs/lucid/services/db'
import ConvergeServer from '#jobs/converge_server'
import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { chunked } from '#models/batches'
import Server from '#models/server'
import Task from '#models/task'

/**
 * Full applies that nobody asked for: each night of every server, so that what was changed past the
 * panel is put right; each hour of those whose last apply did not land, so that nothing waits for a person.
 */
export default class ConvergeServers implements Job {
  static readonly kind = 'converge_servers'

  async handle(run: TaskRun) {
    const { unsettled = false } = (run.payload ?? {}) as { unsettled?: boolean }
    const query = Server.query()
      .select('id')
      .where('state', 'running')
      .whereNotNull('hostKey')
      .orderBy('id')
    const servers = await (unsettled ? query.whereIn('id', await unsettledIds()) : query)
    for (const some of chunked(servers, 50)) {
      run.signal.throwIfAborted()
      await db.transaction(async (client) => {
        for (const { id } of some) await Task.enqueue(applyTo(id), client)
      })
    }
    await run.log(`${servers.length} servers`)
  }
}

const applyTo = (id: number) => ({
  kind: ConvergeServer.kind,
  payload: { serverId: id, domainIds: 'all', reason: ConvergeServers.kind },
  lockKey: `server:${id}`,
  uniqueKey: `converge_servers:${id}`,
  serverId: id,
})

/** Servers whose last apply was put back, failed, or went without some domain. */
async function unsettledIds(): Promise<number[]> {
  const last = db.from('runs').where('dry_run', false).groupBy('server_id').max('id')
  const rows: { server_id: number }[] = await db
    .from('runs')
    .whereIn('id', last)
    .whereIn('state', ['failed', 'rolled_back', 'partial'])
    .select('server_id')
  return rows.map((row) => row.server_id)
}
