import { ask, type Said } from '#backup/ends'
import { machineOf } from '#backup/generation'
import Backup from '#models/backup'
import type BackupHost from '#models/backup_host'
import type BackupTarget from '#models/backup_target'
import { sqlTime } from '#models/task/clock'
import type { TargetOutcome } from '#models/backup_target_run'

/** Milliseconds for one order to the host: the first copy of everything goes through somebody's uplink. */
const longestMs = 20 * 3600_000

/** Of the data, so many weeks until all of it was read there once. */
const checkWeeks = 8

interface Work {
  readonly target: BackupTarget
  readonly signal: AbortSignal
}

/** The newest whole generation of everything goes to the target; of older days there so many stay as staff say. */
export async function copyOut({ target, signal }: Work): Promise<TargetOutcome> {
  const sets = await newestSets(target.backupHostId)
  if (Object.keys(sets).length === 0) return { state: 'done', sets: 0, sentBytes: 0 }
  const more = { sets, isFirst: target.startedAt === null }
  const said = await order({ target, signal }, 'offsite_copy', [target.generations], more)
  await target.noteCopied(Number(said.size))
  return {
    state: said.code === 'done' ? 'done' : 'partial',
    words: String(said.words ?? ''),
    sets: Number(said.sets),
    sentBytes: Number(said.sent),
  }
}

/** Whether the repository holds together; each week another part of what is in it is read. */
export async function checkOut(work: Work): Promise<TargetOutcome> {
  const week = Math.floor(Date.now() / (7 * 86_400_000))
  await order(work, 'offsite_check', [`${(week % checkWeeks) + 1}/${checkWeeks}`])
  return { state: 'done' }
}

/** The host was lost, or some of it: what the target has comes back. What the host has stays as it is. */
export async function bringBack(
  work: Work,
  tell: (percent: number) => Promise<void>
): Promise<TargetOutcome> {
  const { sets } = await order(work, 'offsite_sets', [])
  const wanted = Object.entries((sets ?? {}) as Record<string, readonly [number, string]>)
  const failed: string[] = []
  let count = 0
  for (const [index, [set, [number, snapshot]]] of wanted.entries()) {
    work.signal.throwIfAborted()
    const backup = await backupOf(set, number)
    // Of a domain whose time is over, or of which the panel knows nothing.
    if (!backup) continue
    try {
      await order(work, 'offsite_return', [set, number, snapshot])
      await backup.noteReturned()
      count++
    } catch (error) {
      if (work.signal.aborted) throw error
      failed.push(`${set}/${number}: ${error instanceof Error ? error.message : error}`)
    }
    await tell(Math.floor(((index + 1) / wanted.length) * 100))
  }
  const state = failed.length > 0 ? 'partial' : 'done'
  return { state, sets: count, words: failed.join('; ') }
}

function order(
  { target, signal }: Work,
  verb: string,
  given: readonly (string | number)[],
  more: object = {}
): Promise<Said> {
  const host: BackupHost = target.backupHost
  const secrets = { ...target.secrets, ...more }
  return ask('store', machineOf(host), verb, [host.directory, ...given], {
    signal,
    longestMs,
    secrets,
  })
}

/** `d12` → the newest generation of which nothing is known to be damaged. */
async function newestSets(hostId: number): Promise<Record<string, number>> {
  const rows = await Backup.query()
    .where('backupHostId', hostId)
    .whereIn('state', ['done', 'partial'])
    .whereNull('removedAt')
    .where((query) => query.whereNull('damaged').orWhere('damaged', 0))
    .select('id', 'kind', 'domainId', 'serverId')
    .orderBy('id')
  return Object.fromEntries(rows.map((row) => [row.set, row.id]))
}

async function backupOf(set: string, number: number): Promise<Backup | null> {
  const backup = await Backup.query()
    .where('id', number)
    .whereIn('state', ['done', 'partial'])
    .where((query) => query.whereNull('endsAt').orWhere('endsAt', '>', sqlTime()))
    .first()
  return backup?.set === set ? backup : null
}
