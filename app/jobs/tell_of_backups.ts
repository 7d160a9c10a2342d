import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { tellOfFailedBackups } from '#mails/backup_failure'
import { today } from '#models/day'

/** BKP-01: in the morning, whose night brought no backup is told. */
export default class TellOfBackups implements Job {
  static readonly kind = 'tell_of_backups'

  async handle(run: Pick<TaskRun, 'signal' | 'log'>) {
    const failed = await tellOfFailedBackups(today(), run.signal)
    for (const each of failed) await run.log(each, 'warn')
  }
}
