import db from '@adonisjs/lucid/services/db'
import type { TaskState } from '#models/task'
import { onChanged } from '#models/task/announcements'

/** What a page shows of a task while it runs. */
export interface TaskProgress {
  readonly id: number
  /** Of a task; absent for what is more than one. */
  readonly kind?: string
  readonly state: TaskState
  /** Percent. */
  readonly progress: number
  readonly message: string | null
  readonly finished: boolean
}

/** One small query: it is asked often while somebody watches. */
export async function progressOf(id: number): Promise<TaskProgress | null> {
  const row = await db
    .from('tasks')
    .select('kind', 'state', 'progress', 'message')
    .where('id', id)
    .first()
  if (!row) return null
  const { kind, state, message } = row
  const finished = state === 'done' || state === 'failed' || state === 'cancelled'
  const progress = state === 'done' ? 100 : row.progress
  return { id, kind, state, progress, message, finished }
}

/**
 * Every change until the task is over or nobody listens. Changes made by this process are seen at
 * once, those of other processes at the next look at the row.
 */
export async function* watchProgress(id: number, signal: AbortSignal) {
  let last = ''
  const begun = Date.now()
  while (!signal.aborted) {
    // Listened for before the row is read: what changes while it is read or told is not missed.
    const change = nextChange(id, signal, Date.now() - begun < 15_000 ? 150 : 1000)
    try {
      const progress = await progressOf(id)
      const state = JSON.stringify(progress)
      if (progress && state !== last) yield progress
      if (!progress || progress.finished) return
      last = state
      await change.happened
    } finally {
      change.forget()
    }
  }
}

function nextChange(id: number, signal: AbortSignal, longest: number) {
  const { promise: happened, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, longest)
  const stop = onChanged((changed) => changed === id && resolve())
  const abort = () => resolve()
  signal.addEventListener('abort', abort)
  const forget = () => {
    clearTimeout(timer)
    stop()
    signal.removeEventListener('abort', abort)
  }
  return { happened, forget }
}
