import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { tellOfEnds } from '#mails/certificate_end'

/** OPT-05: each day, people whose certificate ends in 60, 30, 14 or 7 days are told once for each. */
export default class WarnOfCertificates implements Job {
  static readonly kind = 'warn_of_certificates'

  async handle(run: Pick<TaskRun, 'signal' | 'log'>) {
    const failed = await tellOfEnds(run.signal)
    for (const each of failed) await run.log(each, 'warn')
  }
}
