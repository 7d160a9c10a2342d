import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Day } from '#calendar/day'
import { ClosingDaySchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import type Staff from '#models/staff'
import { chunked } from '#models/batches'
import { sqlTime } from '#models/task/clock'
import Task from '#models/task'

/** So many at once; more is a mistake. */
export const mostClosingDays = 31

export interface ClosingDaysWish {
  readonly from: string
  /** The same day where there is no other. */
  readonly until: string
  readonly name: string
}

/** ORD-01: a day on which the provider is closed by his own decision. */
export default class ClosingDay extends ClosingDaySchema {
  /** One day or several; those that are closed already get the new name. Dates that nobody chose are counted anew. */
  static async add({ from, until, name }: ClosingDaysWish, staff: Staff) {
    const days = daysFrom(Day.of(from), Day.of(until))
    const others = { name, staff_id: staff.id, created_at: sqlTime() }
    const rows = days.map((day) => ({ day: day.toString(), ...others }))
    await db.transaction(async (client) => {
      for (const some of chunked(rows, 20)) {
        const inserting = client.knexQuery().insert(some).into('closing_days')
        await inserting.onConflict('day').merge(['name', 'staff_id'])
      }
      await recount(client)
    })
    return days.length
  }

  async remove() {
    if (Day.of(this.day).isBefore(Day.at(new Date()))) throw new Refusal('closing_day_is_over')
    await db.transaction(async (client) => {
      await this.useTransaction(client).delete()
      await recount(client)
    })
  }
}

function daysFrom(first: Day, last: Day): Day[] {
  if (first.isBefore(Day.at(new Date()))) throw new Refusal('closing_day_is_over', 'closing_from')
  if (last.isBefore(first)) throw new Refusal('closing_days_in_wrong_order', 'closing_until')
  const count = first.until(last) + 1
  if (count > mostClosingDays)
    throw new Refusal('closing_days_too_many', 'closing_until', { most: mostClosingDays })
  return Array.from({ length: count }, (_, ahead) => first.plus(ahead))
}

function recount(client: TransactionClientContract) {
  return Task.enqueue({ kind: 'recount_orders', lockKey: 'recount_orders' }, client)
}
