import db from '@adonisjs/lucid/services/db'
import { announceChanged } from '#models/task/announcements'
import type { ClaimedTask } from '#models/task/claim'
import { sqlTime } from '#models/task/clock'
import { retried } from '#models/task/contention'
import type { TaskLogLevel } from '#models/task/log'

/** The task was given to somebody else, because this worker didn't renew its lease in time. */
export class LeaseLost extends Error {
  constructor(taskId: number) {
    super(`task ${taskId} is no longer this worker's`)
    this.name = 'LeaseLost'
  }
}

/** What the holder of a task may write to it. Each write is refused when the task has gone to another worker. */
export class Lease {
  readonly taskId: number
  readonly #fence: number
  readonly #workerId: string
  readonly #leaseMs: number

  constructor(task: ClaimedTask, workerId: string, leaseMs: number) {
    this.taskId = task.id
    this.#fence = task.fence
    this.#workerId = workerId
    this.#leaseMs = leaseMs
  }

  renew() {
    return this.#write({ lease_until: sqlTime(Date.now() + this.#leaseMs) }, { quietly: true })
  }

  report(progress: number, message?: string) {
    const percent = Math.max(0, Math.min(100, Math.round(progress)))
    return this.#write(
      message === undefined
        ? { progress: percent }
        : { progress: percent, message: cut(message, 500) }
    )
  }

  /** `message`: what the person who waits is told last; that of the last report when absent. */
  complete(message?: string) {
    return this.#write({
      state: 'done',
      progress: 100,
      ...(message === undefined ? {} : { message: cut(message, 500) }),
      error: null,
      finished_at: sqlTime(),
      ...released,
    })
  }

  /** Not done, and nothing is wrong. `message` is for the person who waits. */
  passOver(message: string) {
    return this.#write({
      state: 'cancelled',
      message: cut(message, 500),
      error: null,
      finished_at: sqlTime(),
      ...released,
    })
  }

  /** `message` is for the person who waits, `error` for staff. */
  fail(message: string, error: string) {
    return this.#write({
      state: 'failed',
      message: cut(message, 500),
      error: cut(error, 16_000),
      finished_at: sqlTime(),
      ...released,
    })
  }

  retryIn(ms: number, message: string, error: string) {
    return this.#write({
      state: 'queued',
      run_at: sqlTime(Date.now() + ms),
      message: cut(message, 500),
      error: cut(error, 16_000),
      ...released,
    })
  }

  /** Back into the queue as if it had not been tried: the worker stops, the task isn't to blame. */
  giveBack() {
    return this.#write({ state: 'queued', attempts: db.raw('attempts - 1'), ...released })
  }

  async log(level: TaskLogLevel, text: string) {
    const sql =
      'insert into task_logs (task_id, level, text, created_at) select id, ?, ?, ? from tasks' +
      " where id = ? and state = 'running' and worker_id = ? and fence = ?"
    const values = [level, cut(text, 16_000), sqlTime(), this.taskId, this.#workerId, this.#fence]
    await retried(async () => db.rawQuery(sql, values))
    announceChanged(this.taskId)
  }

  async #write(changes: Record<string, unknown>, { quietly = false } = {}) {
    const changed = await retried(async () =>
      db
        .from('tasks')
        .where({ id: this.taskId, state: 'running', worker_id: this.#workerId, fence: this.#fence })
        .update(changes)
    )
    if (Number(changed) === 0) throw new LeaseLost(this.taskId)
    if (!quietly) announceChanged(this.taskId)
  }
}

/** What a task that isn't running has in these columns. */
export const released = { held_key: null, worker_id: null, lease_until: null }

function cut(text: string, length: number) {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text
}
