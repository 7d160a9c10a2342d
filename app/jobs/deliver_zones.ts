import db from '@adonisjs/lucid/services/db'
import { DateTime } from 'luxon'
import { PowerDns } from '#clients/power_dns'
import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import NameServer from '#models/name_server'
import Task from '#models/task'
import { comparison, deliverLater, pauseAfter, publishZone } from '#models/zone/publication'

const atOnce = 500
/** Milliseconds between looks at a name server that does not answer. */
const longest = 15_000

/**
 * Looks whether both name servers answer, and has delivered what waits for them. One task for all zones: an outage with
 * ten thousand changes is no ten thousand tries.
 */
export default class DeliverZones implements Job {
  static readonly kind = 'deliver_zones'

  async handle(run: Pick<TaskRun, 'payload'>) {
    const { primary, secondary } = await NameServer.both()
    if (!primary || !secondary) return
    const wasDown = primary.problem !== null || secondary.problem !== null
    const [first, second] = await Promise.all([look(primary), look(secondary)])
    if (!first || !second) return this.#again(run, first)
    if (wasDown || isRetry(run)) await Task.enqueue(comparison)
    await this.#deliver({ primaryOnly: false })
  }

  /** Sooner at first; what only the secondary lacks does not keep the primary from what it can have. */
  async #again(run: Pick<TaskRun, 'payload'>, hasPrimary: boolean) {
    if (hasPrimary) await this.#deliver({ primaryOnly: true })
    const { tries = 0 } = (run.payload ?? {}) as { tries?: number }
    await deliverLater(Math.min(1000 * 2 ** Math.min(tries, 10), longest), tries + 1)
  }

  async #deliver({ primaryOnly }: { primaryOnly: boolean }) {
    const found = await waitingZones(primaryOnly)
    const due = found.filter((zone) => restOf(zone) <= 0)
    for (const zone of due) await db.transaction((client) => publishZone(zone, client))
    if (found.length === atOnce) return deliverLater(2000)
    const rests = found.map(restOf).filter((rest) => rest > 0)
    if (rests.length > 0) await deliverLater(Math.min(...rests))
  }
}

interface WaitingZone {
  readonly id: number
  readonly published_serial: number | null
  readonly serial: number
  readonly deleted_at: string | null
  readonly secondary_tries: number
  readonly secondary_tried_at: string | Date | null
}

function waitingZones(primaryOnly: boolean): Promise<WaitingZone[]> {
  const waiting = db
    .from('zones')
    .select('id', 'published_serial', 'serial', 'deleted_at')
    .select('secondary_tries', 'secondary_tried_at')
    .where((reasons) => {
      reasons.whereNull('published_serial').orWhereColumn('published_serial', '<>', 'serial')
      if (primaryOnly) return
      reasons.orWhereNotNull('deleted_at').orWhereNull('secondary_serial')
      reasons.orWhereColumn('secondary_serial', '<>', 'serial')
    })
  // What was refused is refused again until somebody changes it, or the nightly comparison tries
  waiting.where((calm) => calm.whereNull('publish_error').orWhere('publish_error', 'unreachable'))
  // Those that were never tried first: what fails again and again keeps nobody waiting
  return waiting.orderBy('secondary_tried_at').orderBy('id').limit(atOnce)
}

/** Milliseconds until it is tried again; what the primary lacks is never let wait. */
const readTime = (at: string | Date) =>
  at instanceof Date ? at.getTime() : DateTime.fromSQL(at, { zone: 'utc' }).toMillis()

function restOf(zone: WaitingZone): number {
  const isSecondarys = zone.published_serial === zone.serial && zone.deleted_at === null
  if (!isSecondarys || zone.secondary_tried_at === null) return 0
  const triedAt = readTime(zone.secondary_tried_at)
  return triedAt + pauseAfter(zone.secondary_tries) - Date.now()
}

function isRetry({ payload }: Pick<TaskRun, 'payload'>) {
  return typeof (payload as { tries?: unknown } | null)?.tries === 'number'
}

/** What was found is kept for the page of staff. */
async function look(server: NameServer): Promise<boolean> {
  const checkedAt = DateTime.utc()
  try {
    const version = await new PowerDns({ ...server.access, timeoutMs: 2000 }).version()
    await server.merge({ version, checkedAt, problem: null, problemSince: null }).save()
    return true
  } catch (error) {
    const problem = (error as Error).message.slice(0, 500)
    await server
      .merge({ checkedAt, problem, problemSince: server.problemSince ?? checkedAt })
      .save()
    return false
  }
}
