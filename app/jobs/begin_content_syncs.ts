import { Refusal } from '#exceptions/refusals'
import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import ContentSync from '#models/content_sync'
import ContentSyncSchedule from '#models/content_sync_schedule'

/** WEB-08: what is due by the clock, and what was received and forgotten. */
export default class BeginContentSyncs implements Job {
  static readonly kind = 'begin_content_syncs'

  async handle(run: TaskRun) {
    for (const changeId of await ContentSync.forgotten()) await ContentSync.publish(changeId)
    for (const schedule of await ContentSyncSchedule.due()) {
      // One that can't be done now holds up no other; its next time comes.
      await schedule.begin().catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error
        return run.log(`content sync ${schedule.id}: ${error.message}`, 'warn')
      })
    }
  }
}
