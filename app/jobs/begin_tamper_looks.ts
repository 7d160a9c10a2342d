import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { beginDueLooks } from '#models/tamper_watch/due'

/** WEB-07: looks whose time of day has come. */
export default class BeginTamperLooks implements Job {
  static readonly kind = 'begin_tamper_looks'

  async handle({ signal }: Pick<TaskRun, 'signal'>) {
    await beginDueLooks(new Date(), signal)
  }
}
