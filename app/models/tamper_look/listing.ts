import { pageOf, type Page } from '#models/page'
import StagingChange from '#models/staging_change'
import type TamperWatch from '#models/tamper_watch'
import { sqlTime } from '#models/task/clock'
import TamperLook from '#models/tamper_look'

/** All but what was found, which may be long. */
const columns = TamperLook.$columns.filter((column) => column !== 'report')

/** Newest first. */
export function looksOf(domainId: number, page: number): Promise<Page<TamperLook>> {
  return pageOf<TamperLook>(listOf(domainId), page)
}

export function latestLooksOf(domainId: number, count: number): Promise<TamperLook[]> {
  return listOf(domainId).limit(count)
}

/** What files are compared with now; null before there is anything. */
export async function baselineOf({
  baselineLookId,
}: Pick<TamperWatch, 'baselineLookId'>): Promise<TamperLook | null> {
  if (baselineLookId === null) return null
  return TamperLook.query()
    .select([...columns])
    .where('id', baselineLookId)
    .first()
}

function listOf(domainId: number) {
  return TamperLook.query()
    .select([...columns])
    .where('domainId', domainId)
    .orderBy('id', 'desc')
}

const changesPlaces = ['swap', 'publish', 'withdraw', 'refresh', 'restore'] as const

/**
 * What people did with the two sides since what a look is compared with was found: much of what it finds may be
 * their own doing. Newest first.
 */
export async function stagingSince(look: TamperLook): Promise<StagingChange[]> {
  const earlier = await TamperLook.query()
    .where({ domainId: look.domainId, state: 'done' })
    .where('id', '<', look.id)
    .orderBy('id', 'desc')
    .select('created_at')
    .first()
  if (!earlier) return []
  return StagingChange.query()
    .where({ domainId: look.domainId, state: 'done' })
    .whereIn('kind', [...changesPlaces])
    .where('finishedAt', '>=', sqlTime(earlier.createdAt.toMillis() - 1000))
    .where('createdAt', '<=', sqlTime(look.createdAt.toMillis()))
    .orderBy('id', 'desc')
    .limit(10)
}

/** The newest of these since what is compared with was found; null when there is none, or nothing to compare with. */
export async function stagingSinceBaseline(
  watch: Pick<TamperWatch, 'domainId' | 'baselineLookId'>
): Promise<StagingChange | null> {
  if (watch.baselineLookId === null) return null
  const newest = await TamperLook.query()
    .select('id', 'created_at')
    .where({ domainId: watch.domainId, state: 'done' })
    .orderBy('id', 'desc')
    .first()
  if (!newest) return null
  return StagingChange.query()
    .where({ domainId: watch.domainId, state: 'done' })
    .whereIn('kind', [...changesPlaces])
    .where('finishedAt', '>', sqlTime(newest.createdAt.toMillis()))
    .orderBy('id', 'desc')
    .first()
}
