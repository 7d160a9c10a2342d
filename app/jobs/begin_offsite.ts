import { Refusal } from '#exceptions/refusals'
import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import BackupTarget from '#models/backup_target'
import BackupTargetRun from '#models/backup_target_run'

/** BKP-02: after the night's backups they go to the target; once a week it is looked at. */
export default class BeginOffsite implements Job {
  static readonly kind = 'begin_offsite'

  async handle(run: Pick<TaskRun, 'log' | 'payload'>) {
    const target = await BackupTarget.registered()
    if (!target) return
    const { kind } = (run.payload ?? {}) as { kind?: unknown }
    // Nothing is looked at before something is there.
    if (kind === 'check' && target.startedAt === null) return
    try {
      await BackupTargetRun.request(target, kind === 'check' ? 'check' : 'copy', null)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      await run.log('the one before is still under way', 'warn')
    }
  }
}
