import { appendFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import logger from '@adonisjs/core/services/logger'
import db from '@adonisjs/lucid/services/db'
import type { Job, JobClass } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { Worker, type WorkerOptions } from '#jobs/worker'

export async function clearTasks() {
  for (const table of ['task_logs', 'tasks', 'schedules']) await db.from(table).delete()
}

/** For tests whose tasks fail on purpose. Answers what to call afterwards. */
export function silence() {
  const before = logger.level
  logger.level = 'fatal'
  return () => {
    logger.level = before
  }
}

/** A job of one test: runs `handle`, and remembers the payloads in the order they came. */
export function jobOf(kind: string, handle: (run: TaskRun) => Promise<unknown> = async () => {}) {
  const seen: unknown[] = []
  const job = class implements Job {
    static readonly kind = kind
    static readonly seen = seen
    async handle(run: TaskRun) {
      seen.push(run.payload)
      await handle(run)
    }
  }
  return job satisfies JobClass
}

/** A worker that tries again without waiting. */
export function workerFor(jobs: readonly JobClass[], options: Partial<WorkerOptions> = {}) {
  return new Worker({ jobs, backoff: () => 0, ...options })
}

/**
 * Writes when it begins and ends into a file that several processes append to: what really happened
 * is judged by that, not by the table.
 */
export class TracedJob implements Job {
  static readonly kind = 'traced'

  async handle(run: TaskRun) {
    const { trace, name, key } = run.payload as { trace: string; name: string; key: string | null }
    const note = (what: string) =>
      appendFileSync(trace, `${what} ${process.pid} ${name} ${key ?? '-'}\n`)
    note('begin')
    await wait(1 + Math.random() * 4)
    note('end')
  }
}
