import db from '@adonisjs/lucid/services/db'
import type { TaskState } from '#models/task'
import { onChanged } from '#models/task/announcements'

/** What a page shows of a task while it runs. */
export interface TaskProgress {
  readonly id: number
  readonly state: TaskState
  /** Percent. */
  readonly progress: number
  readonly message: string | null
  readonly finished: boolean
}

/** One small query: it is asked often while somebody watches. */
export async function progressOf(id: number): Promise<TaskProgress | null> {
  const row = await db.from('tasks').select('state', 'progress', 'message').where('id', id).first()
  if (!row) return null
  const { state, message } = row
  const finished = state === 'done' || state === 'failed' || state === 'cancelled'
  return { id, state, progress: state === 'done' ? 100 : row.progress, message, finished }
}

/**
 * Every change until the task is over or nobody listens. Changes made by this process are seen at
 * once, those of other processes at the next look at the row.
 */
export async function* watchProgress(id: number, signal: AbortSignal) {
  let last = ''
  const begun = Date.now()
  while (!signal.aborted) {
    const progress = await progressOf(id)
    const state = JSON.stringify(progress)
    if (progress && state !== last) yield progress
    if (!progress || progress.finished) return
    last = state
    await nextChange(id, signal, Date.now() - begun < 15_000 ? 150 : 1000)
  }
}

function nextChange(id: number, signal: AbortSignal, longest: number) {
  return new Promise<void>((resolve) => {
    const timer = setTimeout(done, longest)
    const stop = onChanged((changed) => changed === id && done())
    signal.addEventListener('abort', done)
    function done() {
      clearTimeout(timer)
      stop()
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
