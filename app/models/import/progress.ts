import Import from '#models/import'
import { say } from '#models/sheet/words'
import { progressTold, watchErrand } from '#models/task/errand_progress'
import { progressOf, type TaskProgress } from '#models/task/progress'

/** What of the bar is for the hashing of passwords, and where the apply begins. */
const share = { hashing: 60, rows: 65 }
const lookEveryMs = 300

/** From the confirmation until the server has it, as one thing (USR-06). */
export async function progressOfImport(id: number): Promise<TaskProgress | null> {
  const found = await Import.find(id)
  if (!found) return null
  if (found.state === 'failed' || found.isLost) return told(id, 'failed', 100, 'failed')
  if (found.state === 'confirmed') return beforeRun(found)
  const apply =
    found.state === 'done' && found.applyId ? await progressOf(Number(found.applyId)) : null
  if (!apply) return told(id, 'done', 100, 'done')
  if (apply.finished) return { ...apply, id, message: apply.message ?? say('progress.done') }
  const progress = share.rows + Math.round((apply.progress * (100 - share.rows)) / 100)
  return told(id, 'running', progress, 'applying')
}

function beforeRun(found: Import): TaskProgress {
  const { id, passwords, passwordsHashed: hashed } = found
  if (!found.isHashing) return told(id, 'running', share.hashing, 'waiting')
  const progress = Math.round((share.hashing * hashed) / passwords)
  return told(id, 'running', progress, 'hashing', { total: passwords, hashed })
}

function told(
  id: number,
  state: TaskProgress['state'],
  progress: number,
  key: string,
  data?: Record<string, number>
): TaskProgress {
  return progressTold(id, state, progress, say(`progress.${key}`, data))
}

/** Every change until it is over or nobody listens. */
export function watchImport(id: number, signal: AbortSignal) {
  return watchErrand(() => progressOfImport(id), lookEveryMs, signal)
}
