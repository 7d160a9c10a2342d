import i18nManager from '@adonisjs/i18n/services/main'
import { progressTold, watchErrand } from '#models/task/errand_progress'
import type { TaskProgress } from '#models/task/progress'
import Zone from '#models/zone'
import { isUnderWay, publicationOf } from '#models/zone/publication_state'

const lookEveryMs = 100

const percents: Readonly<Record<string, number>> = {
  waiting: 20,
  receiving: 60,
  secondary_waits: 70,
}

/** OPT-10: of what was saved, until the name servers answer it; null when the zone is gone. */
export async function progressOfZone(id: number): Promise<TaskProgress | null> {
  const zone = await Zone.find(id)
  if (!zone) return null
  const publication = publicationOf(zone)
  const words = i18nManager.locale('ja').t(`messages.zones.progress.${publication}`)
  if (isUnderWay(zone)) return progressTold(id, 'running', percents[publication] ?? 20, words)
  return progressTold(id, publication === 'refused' ? 'failed' : 'done', 100, words)
}

/** Every change until it is over or nobody listens. */
export function watchZone(id: number, signal: AbortSignal) {
  return watchErrand(() => progressOfZone(id), lookEveryMs, signal)
}
