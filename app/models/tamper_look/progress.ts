import i18nManager from '@adonisjs/i18n/services/main'
import TamperLook from '#models/tamper_look'
import { progressTold, watchErrand } from '#models/task/errand_progress'
import { progressOf, type TaskProgress } from '#models/task/progress'

const lookEveryMs = 200

/** Of a look, not of its task: mail is sent after it is over. */
export async function progressOfLook(id: number): Promise<TaskProgress | null> {
  const look = await TamperLook.find(id)
  if (!look) return null
  await look.endLost()
  const { state, failure } = look
  if (state === 'failed') return told(id, 'failed', 100, `failed.${failure ?? 'refused'}`)
  if (state === 'done') return told(id, 'done', 100, `done.${doneAs(look)}`)
  const task = look.taskId === null ? null : await progressOf(Number(look.taskId))
  const isRunning = task?.state === 'running'
  const words = told(id, isRunning ? 'running' : 'queued', task?.progress ?? 0, 'looking')
  return task?.message ? { ...words, message: task.message } : words
}

function doneAs({ baseline, changes, unread }: TamperLook) {
  if (baseline === 'first' || baseline === 'lost') return baseline
  return changes + unread > 0 ? 'found' : 'quiet'
}

function told(
  id: number,
  state: TaskProgress['state'],
  progress: number,
  key: string
): TaskProgress {
  const message = i18nManager.locale('ja').t(`messages.tamper.progress.${key}`)
  return progressTold(id, state, progress, message)
}

/** Every change until it is over or nobody listens. */
export function watchLook(id: number, signal: AbortSignal) {
  return watchErrand(() => progressOfLook(id), lookEveryMs, signal)
}
