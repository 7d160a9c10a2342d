import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import DomainDeletion from '#models/domain_deletion'

/** DOM-05: domains whose grace period is over go for good. */
export default class EndDomainDeletions implements Job {
  static readonly kind = 'end_domain_deletions'

  async handle(run: Pick<TaskRun, 'signal' | 'log'>) {
    const due = await DomainDeletion.due()
    for (const deletion of due) {
      run.signal.throwIfAborted()
      await deletion.end()
    }
    if (due.length > 0) await run.log(`${due.length} domains`)
  }
}
