import db from '@adonisjs/lucid/services/db'
import { announceChanged, announceQueued } from '#models/task/announcements'
import { sqlTime } from '#models/task/clock'
import { retried } from '#models/task/contention'
import { released } from '#models/task/lease'
import { isDeadWorker } from '#models/task/worker_id'

interface RunningRow {
  id: number
  worker_id: string
  fence: number
  attempts: number
  max_attempts: number
  expired: number
}

export interface Rescue {
  /** Milliseconds to wait before the next try. */
  readonly backoff: (attempts: number) => number
  /** For the person who waits. */
  readonly messages: { readonly again: string; readonly failed: string }
}

/** Puts tasks whose worker is gone back into the queue, or ends them when they were tried often enough. */
export async function rescueOrphans(rescue: Rescue): Promise<number> {
  const running = await runningRows()
  const orphans = running.filter((row) => row.expired || isDeadWorker(row.worker_id))
  for (const orphan of orphans) await settle(orphan, rescue)
  return orphans.length
}

function runningRows(): Promise<RunningRow[]> {
  return db
    .from('tasks')
    .select('id', 'worker_id', 'fence', 'attempts', 'max_attempts')
    .select(db.raw('case when lease_until < ? then 1 else 0 end as expired', [sqlTime()]))
    .where('state', 'running')
}

async function settle(orphan: RunningRow, rescue: Rescue) {
  const again = orphan.attempts < orphan.max_attempts
  // The first loss is nearly always a restart of the panel: no reason to wait.
  const delay = orphan.attempts <= 1 ? 0 : rescue.backoff(orphan.attempts - 1)
  const outcome = again
    ? { state: 'queued', run_at: sqlTime(Date.now() + delay), message: rescue.messages.again }
    : { state: 'failed', finished_at: sqlTime(), message: rescue.messages.failed }
  const changed = await retried(async () =>
    db
      .from('tasks')
      .where({ id: orphan.id, state: 'running', fence: orphan.fence })
      .update({
        ...outcome,
        error: `worker ${orphan.worker_id} stopped without a word`,
        ...released,
      })
  )
  if (Number(changed) === 0) return
  if (again) announceQueued(orphan.id)
  else announceChanged(orphan.id)
}
