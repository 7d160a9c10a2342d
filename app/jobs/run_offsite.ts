import { codeOf } from '#backup/generation'
import { bringBack, checkOut, copyOut } from '#backup/offsite'
import { PermanentFailure, type Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import BackupTargetRun, { type TargetOutcome } from '#models/backup_target_run'

/** BKP-02: copies what is new to the target, looks at what is there, or brings it back. It may be cut off anywhere and goes on. */
export default class RunOffsite implements Job {
  static readonly kind = 'run_offsite'
  static readonly takesLong = true

  async handle(task: TaskRun) {
    const { runId } = (task.payload ?? {}) as { runId?: unknown }
    const run = await BackupTargetRun.query()
      .where('id', Number(runId))
      .preload('backupTarget', (query) => query.preload('backupHost'))
      .first()
    if (!run || run.isOver) return
    await run.begin()
    try {
      await run.finish(await this.#outcomeOf(run, task))
    } catch (error) {
      if (task.signal.aborted && !task.isLastAttempt) throw error
      const words = error instanceof Error ? error.message : String(error)
      await run.fail(codeOf(error), words)
      await task.log(words, 'error')
      throw new PermanentFailure(say('copies.offsite_failed'), { cause: error })
    }
    task.lastWords = say('copies.offsite_done')
  }

  #outcomeOf({ kind, backupTarget: target }: BackupTargetRun, task: TaskRun) {
    const work = { target, signal: task.signal }
    const ways: Record<BackupTargetRun['kind'], () => Promise<TargetOutcome>> = {
      copy: () => copyOut(work),
      check: () => checkOut(work),
      return: () => bringBack(work, (percent) => task.progress(percent)),
    }
    return ways[kind]()
  }
}
