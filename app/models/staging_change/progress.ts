import i18nManager from '@adonisjs/i18n/services/main'
import StagingChange from '#models/staging_change'
import { progressTold, watchErrand } from '#models/task/errand_progress'
import { progressOf, type TaskProgress } from '#models/task/progress'

/** What of the bar is for copying where something is copied first. */
const copyingShare = 85
const lookEveryMs = 100

/** From the click until visitors see it, as one thing. */
export async function progressOfStaging(id: number): Promise<TaskProgress | null> {
  const change = await StagingChange.find(id)
  if (!change) return null
  await change.endLost()
  const { kind, state, failure } = change
  if (state === 'done') return told(id, 'done', 100, `done.${kind}`)
  if (state === 'failed') return told(id, 'failed', 100, `failed.${failure ?? 'refused'}`)
  return state === 'copying' ? copying(change) : exchanging(change)
}

async function copying({ id, taskId, kind }: StagingChange): Promise<TaskProgress> {
  const task = taskId === null ? null : await progressOf(Number(taskId))
  const progress = Math.round(((task?.progress ?? 0) * copyingShare) / 100)
  const words = told(
    id,
    task?.state === 'running' ? 'running' : 'queued',
    progress,
    `under_way.${kind}`
  )
  return task?.message ? { ...words, message: task.message } : words
}

async function exchanging({ id, taskId, applyId }: StagingChange): Promise<TaskProgress> {
  const apply = applyId === null ? null : await progressOf(Number(applyId))
  const begun = taskId === null ? 0 : copyingShare
  const progress = begun + Math.round(((apply?.progress ?? 0) * (100 - begun)) / 100)
  const state = begun > 0 || apply?.state === 'running' ? 'running' : 'queued'
  return told(id, state, Math.min(99, progress), 'exchanging')
}

function told(
  id: number,
  state: TaskProgress['state'],
  progress: number,
  key: string
): TaskProgress {
  const message = i18nManager.locale('ja').t(`messages.staging.progress.${key}`)
  return progressTold(id, state, progress, message)
}

/** Every change until it is over or nobody listens. */
export function watchStaging(id: number, signal: AbortSignal) {
  return watchErrand(() => progressOfStaging(id), lookEveryMs, signal)
}
