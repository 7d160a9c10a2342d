import i18nManager from '@adonisjs/i18n/services/main'
import ContentSync from '#models/content_sync'
import { progressOfStaging } from '#models/staging_change/progress'
import { progressTold, watchErrand } from '#models/task/errand_progress'
import type { TaskProgress } from '#models/task/progress'

/** What of the bar is for receiving; the rest is for the swap. */
const receivingShare = 85
const lookEveryMs = 200

/** From the click until visitors see it, as one thing. */
export async function progressOfSync(id: number): Promise<TaskProgress | null> {
  const sync = await ContentSync.query().where('id', id).preload('change').preload('swap').first()
  if (!sync) return null
  if (sync.failure) return told(sync, 'failed', 100, 'not_published')
  if (sync.change.state !== 'done') return receiving(sync)
  return sync.swap ? publishing(sync) : told(sync, 'running', receivingShare, 'publishing')
}

async function receiving(sync: ContentSync): Promise<TaskProgress | null> {
  const part = await progressOfStaging(sync.changeId)
  if (!part) return null
  const progress = part.finished ? 100 : Math.round((part.progress * receivingShare) / 100)
  const isReceived = part.state === 'done'
  if (isReceived) return told(sync, 'running', receivingShare, 'publishing')
  return { ...part, id: sync.id, progress }
}

async function publishing(sync: ContentSync): Promise<TaskProgress | null> {
  const part = await progressOfStaging(sync.swapId!)
  if (!part) return null
  if (part.state === 'done') return told(sync, 'done', 100, 'done')
  if (part.state === 'failed') return told(sync, 'failed', 100, 'not_published')
  const progress = receivingShare + Math.round((part.progress * (99 - receivingShare)) / 100)
  return told(sync, 'running', progress, 'publishing')
}

function told(
  { id }: ContentSync,
  state: TaskProgress['state'],
  progress: number,
  key: string
): TaskProgress {
  const message = i18nManager.locale('ja').t(`messages.content_sync.progress.${key}`)
  return progressTold(id, state, progress, message)
}

/** Every change until it is over or nobody listens. */
export function watchSync(id: number, signal: AbortSignal) {
  return watchErrand(() => progressOfSync(id), lookEveryMs, signal)
}
