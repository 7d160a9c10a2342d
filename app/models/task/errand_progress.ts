import { setTimeout as wait } from 'node:timers/promises'
import type { TaskProgress } from '#models/task/progress'

/** Percent and words of something that is more than one task, under the number of its own record. */
export function progressTold(
  id: number,
  state: TaskProgress['state'],
  progress: number,
  message: string
): TaskProgress {
  return { id, state, progress, message, finished: state === 'done' || state === 'failed' }
}

/** Every change of what `look` answers, until it is over, gone, or nobody listens. */
export async function* watchErrand(
  look: () => Promise<TaskProgress | null>,
  everyMs: number,
  signal: AbortSignal
) {
  for (let last = ''; !signal.aborted; await wait(everyMs)) {
    const progress = await look()
    const now = JSON.stringify(progress)
    if (progress && now !== last) yield progress
    if (!progress || progress.finished) return
    last = now
  }
}
