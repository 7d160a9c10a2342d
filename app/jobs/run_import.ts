import { PermanentFailure, type Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import Import from '#models/import'

/** Carries out a CSV file that was confirmed. Killed anywhere, it has done nothing or everything. */
export default class RunImport implements Job {
  static readonly kind = 'run_import'

  async handle(run: TaskRun) {
    const { importId } = (run.payload ?? {}) as { importId?: unknown }
    if (!Number.isInteger(importId)) {
      throw new PermanentFailure(say('failed'), { cause: 'run_import without importId' })
    }
    try {
      await Import.run(Number(importId))
    } catch (error) {
      if (run.isLastAttempt) await Import.giveUp(Number(importId))
      throw error
    }
  }
}
