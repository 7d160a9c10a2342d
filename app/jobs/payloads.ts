import { PermanentFailure } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'

/** For the many jobs that are about one server. */
export function serverIdOf(run: TaskRun): number {
  const { serverId } = (run.payload ?? {}) as { serverId?: unknown }
  if (Number.isInteger(serverId)) return Number(serverId)
  throw new PermanentFailure(say('failed'), { cause: `payload of ${run.kind} without serverId` })
}
