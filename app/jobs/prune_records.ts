import db from '@adonisjs/lucid/services/db'
import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { sqlTime } from '#models/task/clock'

const dayMs = 86_400_000
const batch = 500

/** Days for which ended tasks and their logs are kept: failures longer, because people ask about them later. */
const keptDays = { done: 30, cancelled: 30, failed: 180 }

/** Removes rows that nobody needs any more, in small steps so that nobody waits for it. */
export default class PruneRecords implements Job {
  static readonly kind = 'prune_records'

  async handle(run: TaskRun) {
    let tasks = 0
    for (const [state, days] of Object.entries(keptDays)) {
      tasks += await pruneTasks(state, new Date(Date.now() - days * dayMs), run.signal)
    }
    const sessions = await db.from('sessions').where('expires_at', '<', sqlTime()).delete()
    await run.log(`${tasks} tasks and ${Number(sessions)} sessions removed`)
  }
}

async function pruneTasks(state: string, before: Date, signal: AbortSignal): Promise<number> {
  let removed = 0
  while (!signal.aborted) {
    const rows: { id: number }[] = await db
      .from('tasks')
      .select('id')
      .where('state', state)
      .where('finished_at', '<', sqlTime(before))
      .orderBy('id')
      .limit(batch)
    const ids = rows.map((row) => row.id)
    if (ids.length === 0) break
    await db.from('task_logs').whereIn('task_id', ids).delete()
    removed += Number(await db.from('tasks').whereIn('id', ids).delete())
  }
  return removed
}
