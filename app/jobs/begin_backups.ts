import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import ContentBackup from '#models/content_backup'
import { queueDueBackups } from '#models/content_backup/schedule'

/** BKP-01: servers whose turn of the night has come. */
export default class BeginBackups implements Job {
  static readonly kind = 'begin_backups'

  async handle(run: Pick<TaskRun, 'log'>) {
    const count = await queueDueBackups()
    if (count > 0) await run.log(`${count} servers`)
    await ContentBackup.prune()
  }
}
