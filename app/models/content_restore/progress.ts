import i18nManager from '@adonisjs/i18n/services/main'
import ContentRestore from '#models/content_restore'
import { progressTold, watchErrand } from '#models/task/errand_progress'
import { progressOf, type TaskProgress } from '#models/task/progress'

const lookEveryMs = 200

/** How far the looking, or the restoring, is; over when there is something to read. */
export async function progressOfRestore(id: number): Promise<TaskProgress | null> {
  const restore = await ContentRestore.find(id)
  if (!restore) return null
  await restore.endLost()
  const { state, failure, taskId } = restore
  if (state === 'failed') return told(id, 'failed', 100, `failed.${failure ?? 'refused'}`)
  if (state === 'looked' || restore.isOver) return told(id, 'done', 100, state)
  const task = await progressOf(Number(taskId))
  const isRunning = task?.state === 'running'
  const words = told(id, isRunning ? 'running' : 'queued', task?.progress ?? 0, state)
  return isRunning && task.message ? { ...words, message: task.message } : words
}

function told(
  id: number,
  state: TaskProgress['state'],
  progress: number,
  key: string
): TaskProgress {
  const message = i18nManager.locale('ja').t(`messages.content_restores.progress.${key}`)
  return progressTold(id, state, progress, message)
}

/** Every change until it is over or nobody listens. */
export function watchRestore(id: number, signal: AbortSignal) {
  return watchErrand(() => progressOfRestore(id), lookEveryMs, signal)
}
