import db from '@adonisjs/lucid/services/db'
import { isDuplicate } from '#models/domain/name_claim'
import TamperLook from '#models/tamper_look'
import { nextMoment } from '#models/tamper_watch/time_of_day'
import { sqlTime } from '#models/task/clock'
import { retried } from '#models/task/contention'

interface Due {
  readonly id: number
  readonly minute: number
  readonly domainId: number
  readonly serverId: number
}

const batch = 200

/**
 * Times that passed while nothing ran count once. Domains that wait for their deletion are left alone; when one is
 * restored, what was missed is made up for. Answers how many began.
 */
export async function beginDueLooks(now: Date, signal?: AbortSignal): Promise<number> {
  let begun = 0
  for (let last = 0; !signal?.aborted;) {
    const due = await dueAfter(last, now)
    for (const each of due) begun += (await retried(() => begin(each, now))) ? 1 : 0
    if (due.length < batch) break
    last = due.at(-1)!.id
  }
  return begun
}

function dueAfter(last: number, now: Date): Promise<Due[]> {
  return db
    .from('tamper_watches')
    .join('domains', 'domains.id', 'tamper_watches.domain_id')
    .join('servers', 'servers.id', 'domains.server_id')
    .leftJoin('domain_deletions', 'domain_deletions.domain_id', 'domains.id')
    .where('tamper_watches.enabled', true)
    .where('tamper_watches.next_look_at', '<=', sqlTime(now))
    .where('tamper_watches.id', '>', last)
    .whereNull('domains.deleted_at')
    .whereNull('domain_deletions.id')
    .where('servers.state', 'running')
    .select(
      'tamper_watches.id',
      'tamper_watches.minute',
      'domains.id as domainId',
      'domains.server_id as serverId'
    )
    .orderBy('tamper_watches.id')
    .limit(batch)
}

/** Of several workers one does it: the others find `next_look_at` moved on. */
async function begin({ id, minute, domainId, serverId }: Due, now: Date): Promise<boolean> {
  const busy = await TamperLook.findBy('busyDomainId', domainId)
  await busy?.endLost()
  try {
    return await db.transaction(async (client) => {
      const changed = await client
        .from('tamper_watches')
        .where({ id, enabled: true })
        .where('next_look_at', '<=', sqlTime(now))
        .update({ next_look_at: sqlTime(nextMoment(minute, now)) })
      if (Number(changed) === 0) return false
      await TamperLook.begin({ id: domainId, serverId }, 'daily', null, client)
      return true
    })
  } catch (error) {
    // One is under way already: this one follows it, a minute later.
    if (isDuplicate(error)) return false
    throw error
  }
}
