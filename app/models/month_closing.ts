import { setTimeout as wait } from 'node:timers/promises'
import db from '@adonisjs/lucid/services/db'
import { MonthClosingSchema } from '#database/schema'
import { Month } from '#billing/month'
import { Day } from '#calendar/day'
import { Refusal } from '#exceptions/refusals'
import { closeBatch } from '#models/month_closing/batch'
import Task from '#models/task'
import { retried } from '#models/task/contention'

/** Contracts whose statements are one transaction: so long nobody else writes. */
const batchSize = 100

/** Milliseconds in between that belong to pages. SQLite answers at once, so that without them this process would do nothing else. */
const restMs = 5

/** ORD-07: all statements of a month are made, a batch at a time; whoever goes on begins where the last batch ended. */
export default class MonthClosing extends MonthClosingSchema {
  get of(): Month {
    return Month.of(this.month)
  }

  /** Contracts that have no statement, because something of theirs has no price. */
  get unpricedContracts(): number[] {
    return JSON.parse(this.unpriced)
  }

  /**
   * Months that are over and not closed, oldest first: from the one after the last that was closed, at first from that of
   * the first fee.
   */
  static async due(now = new Date()): Promise<Month[]> {
    const end = Month.at(Day.at(now))
    const months: Month[] = []
    for (let month = await firstOpen(); month?.isBefore(end); month = month.next) months.push(month)
    return months
  }

  static start(month: Month): Promise<MonthClosing> {
    const values = { lastContractId: 0, statements: 0, unpriced: '[]' }
    return this.firstOrCreate({ month: month.toString() }, values)
  }

  /** Makes the statements that are missing; told of each batch with the share (0 … 1) that is done. */
  async finish(tell: (share: number) => Promise<void> = async () => {}, signal?: AbortSignal) {
    while (!this.finishedAt) {
      signal?.throwIfAborted()
      await retried(() => closeBatch(this, batchSize))
      await this.refresh()
      await tell(await this.share())
      await wait(restMs)
    }
  }

  /** Once more for those that had no price; months that others follow stay as they are. */
  async reopen() {
    const later = await MonthClosing.query().where('month', '>', this.month).first()
    if (later) throw new Refusal('month_is_followed')
    if (!this.finishedAt) throw new Refusal('month_is_being_closed')
    this.lastContractId = 0
    this.unpriced = '[]'
    this.finishedAt = null
    await this.save()
    await Task.enqueue({ kind: 'close_months', payload: null, uniqueKey: 'schedule:close_months' })
  }

  private async share(): Promise<number> {
    if (this.finishedAt) return 1
    const newest = await db.from('contracts').max('id as id').first()
    return this.lastContractId / Math.max(1, Number(newest?.id))
  }
}

async function firstOpen(): Promise<Month | null> {
  const last = await MonthClosing.query().orderBy('month', 'desc').first()
  if (last) return last.finishedAt ? last.of.next : last.of
  const [fee, once] = await Promise.all([
    db.from('fees').min('from_on as day').first(),
    db.from('one_time_fees').min('charged_on as day').first(),
  ])
  const days = [fee?.day, once?.day].filter((day) => typeof day === 'string').sort()
  return days.length > 0 ? Month.at(Day.of(days[0])) : null
}
