import { setTimeout as wait } from 'node:timers/promises'
import Import from '#models/import'
import { say } from '#models/sheet/words'
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
  const finished = state === 'done' || state === 'failed'
  return { id, state, progress, message: say(`progress.${key}`, data), finished }
}

/** Every change until it is over or nobody listens. */
export async function* watchImport(id: number, signal: AbortSignal) {
  for (let last = ''; !signal.aborted; await wait(lookEveryMs)) {
    const progress = await progressOfImport(id)
    const now = JSON.stringify(progress)
    if (progress && now !== last) yield progress
    if (!progress || progress.finished) return
    last = now
  }
}
