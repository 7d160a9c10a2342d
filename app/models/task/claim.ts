import db from '@adonisjs/lucid/services/db'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { announceChanged } from '#models/task/announcements'
import { sqlTime } from '#models/task/clock'
import { isDuplicate, retried } from '#models/task/contention'

export interface Claimer {
  readonly workerId: string
  /** Only work that this worker knows how to do: during an upgrade others may know more. */
  readonly kinds: readonly string[]
  readonly leaseMs: number
}

/** A task that is ours until the lease ends. */
export interface ClaimedTask {
  readonly id: number
  readonly kind: string
  readonly payload: string
  readonly fence: number
  readonly attempts: number
  readonly maxAttempts: number
}

interface Candidate {
  id: number
  kind: string
  payload: string
  lock_key: string | null
  fence: number
  attempts: number
  max_attempts: number
}

const candidatesAtOnce = 10

/**
 * The oldest due tasks whose lock keys are free, `atMost` of them; fewer when there are no more, or
 * others were faster.
 */
export async function claimDue(claimer: Claimer, atMost: number): Promise<ClaimedTask[]> {
  const claimed: ClaimedTask[] = []
  for (const candidate of await candidates(claimer.kinds)) {
    if (claimed.length === atMost) break
    if (!(await retried(() => take(candidate, claimer)))) continue
    announceChanged(candidate.id)
    claimed.push(claimedTask(candidate))
  }
  return claimed
}

/**
 * The first due task of each lock key that nobody holds, in the order they were queued. A task that
 * waits for its time (a later try, a date) doesn't hold up the ones behind it.
 */
function candidates(kinds: readonly string[]): Promise<Candidate[]> {
  const now = sqlTime()
  return db
    .from('tasks as task')
    .select('id', 'kind', 'payload', 'lock_key', 'fence', 'attempts', 'max_attempts')
    .where('state', 'queued')
    .where('run_at', '<=', now)
    .whereIn('kind', [...kinds])
    .whereNotExists((held) =>
      held.from('tasks as held').whereColumn('held.held_key', 'task.lock_key')
    )
    .whereNotExists((earlier) =>
      earlier
        .from('tasks as earlier')
        .whereColumn('earlier.lock_key', 'task.lock_key')
        .where('earlier.state', 'queued')
        .where('earlier.run_at', '<=', now)
        .whereColumn('earlier.id', '<', 'task.id')
    )
    .orderBy('id')
    .limit(candidatesAtOnce)
}

/**
 * The unique index over `held_key` is what keeps two workers off one lock key: the second one's
 * statement fails, whatever it read before.
 */
async function take(candidate: Candidate, claimer: Claimer): Promise<boolean> {
  try {
    return db.connection().dialect.name === 'mysql'
      ? await takeUnlocked(candidate, claimer)
      : await mark(candidate, claimer, db.connection())
  } catch (error) {
    if (isDuplicate(error)) return false
    throw error
  }
}

/** Rows that somebody's open transaction holds are passed over: waiting for it would hold up everything behind. */
function takeUnlocked(candidate: Candidate, claimer: Claimer): Promise<boolean> {
  return db.transaction(async (trx) => {
    const free = await trx
      .from('tasks')
      .select('id')
      .where('id', candidate.id)
      .forUpdate()
      .skipLocked()
      .first()
    return free ? mark(candidate, claimer, trx) : false
  })
}

async function mark(
  candidate: Candidate,
  claimer: Claimer,
  client: QueryClientContract
): Promise<boolean> {
  const changed = await client
    .from('tasks')
    .where({ id: candidate.id, state: 'queued', fence: candidate.fence })
    .update({
      state: 'running',
      held_key: candidate.lock_key,
      unique_key: null,
      worker_id: claimer.workerId,
      fence: candidate.fence + 1,
      attempts: candidate.attempts + 1,
      lease_until: sqlTime(Date.now() + claimer.leaseMs),
      started_at: sqlTime(),
    })
  return Number(changed) > 0
}

function claimedTask(candidate: Candidate): ClaimedTask {
  return {
    id: candidate.id,
    kind: candidate.kind,
    payload: candidate.payload,
    fence: candidate.fence + 1,
    attempts: candidate.attempts + 1,
    maxAttempts: candidate.max_attempts,
  }
}
