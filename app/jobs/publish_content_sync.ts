import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import ContentSync from '#models/content_sync'

/** WEB-08: what has been received on staging becomes public. */
export default class PublishContentSync implements Job {
  static readonly kind = 'publish_content_sync'

  async handle(run: TaskRun) {
    const { changeId } = (run.payload ?? {}) as { changeId?: unknown }
    await ContentSync.publish(Number(changeId))
  }
}
