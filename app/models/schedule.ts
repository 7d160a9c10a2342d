import db from '@adonisjs/lucid/services/db'
import { CronExpressionParser } from 'cron-parser'
import { ScheduleSchema } from '#database/schema'
import Task from '#models/task'
import { sqlTime } from '#models/task/clock'
import { retried } from '#models/task/contention'

export interface ScheduleDeclaration {
  readonly name: string
  readonly kind: string
  readonly payload?: unknown
  /** Five fields, read in `timezone`. */
  readonly cron: string
  readonly timezone?: string
}

/** A task that is queued again and again by the clock. */
export default class Schedule extends ScheduleSchema {
  /** Makes the rows that the application needs; what staff changed about them (`enabled`) stays. */
  static async declare(declarations: readonly ScheduleDeclaration[]) {
    for (const declaration of declarations) await declareOne(declaration)
  }

  /**
   * Queues a task for each schedule whose time has come. Of several workers one does it: the others
   * find `next_run_at` moved on. Times that passed while nothing ran count once.
   */
  static async runDue(now = new Date()): Promise<number> {
    const due = await Schedule.query()
      .where('enabled', true)
      .where('next_run_at', '<=', sqlTime(now))
    let queued = 0
    for (const schedule of due) queued += (await retried(() => schedule.#run(now))) ? 1 : 0
    return queued
  }

  nextAfter(moment: Date): Date {
    return nextRun(this.cron, this.timezone, moment)
  }

  #run(now: Date): Promise<boolean> {
    return db.transaction(async (trx) => {
      const changed = await trx
        .from('schedules')
        .where('id', this.id)
        .where('enabled', true)
        .where('next_run_at', '<=', sqlTime(now))
        .update({ next_run_at: sqlTime(this.nextAfter(now)), last_run_at: sqlTime(now) })
      if (Number(changed) === 0) return false
      const payload: unknown = JSON.parse(this.payload)
      await Task.enqueue({ kind: this.kind, payload, uniqueKey: `schedule:${this.name}` }, trx)
      return true
    })
  }
}

export function nextRun(cron: string, timezone: string, after: Date): Date {
  return CronExpressionParser.parse(cron, { currentDate: after, tz: timezone }).next().toDate()
}

async function declareOne({
  name,
  kind,
  payload = null,
  cron,
  timezone = 'Asia/Tokyo',
}: ScheduleDeclaration) {
  const rule = { kind, payload: JSON.stringify(payload), cron, timezone }
  const next = { next_run_at: sqlTime(nextRun(cron, timezone, new Date())) }
  const known = await Schedule.findBy('name', name)
  if (!known) {
    const row = { name, ...rule, ...next, enabled: true }
    await db.knexQuery().insert(row).into('schedules').onConflict('name').ignore()
  } else if (known.cron !== cron || known.timezone !== timezone) {
    await Schedule.query()
      .where('id', known.id)
      .update({ ...rule, ...next })
  } else if (known.kind !== kind || known.payload !== rule.payload) {
    await Schedule.query().where('id', known.id).update(rule)
  }
}
