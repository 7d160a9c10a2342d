import { DateTime } from 'luxon'
import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import AutomaticCertificate, { issueTask } from '#models/automatic_certificate'
import Task from '#models/task'

/** Within this they are spread: nobody is asked for hundreds of certificates at the same moment. */
const spreadMs = 50 * 60_000

/** WEB-09: each hour, those that end soon and those whose last try failed. */
export default class RenewCertificates implements Job {
  static readonly kind = 'renew_certificates'

  async handle({ signal }: Pick<TaskRun, 'signal'>) {
    const due = await AutomaticCertificate.due(DateTime.utc())
    for (const { domain } of due) {
      if (signal.aborted) return
      const isMany = due.length > 5
      const runAt = isMany ? new Date(Date.now() + Math.random() * spreadMs) : undefined
      await Task.enqueue(issueTask(domain, runAt))
    }
  }
}
