import db from '@adonisjs/lucid/services/db'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { closesAtHour, yearEnd } from '#config/calendar'
import { BusinessCalendar } from '#calendar/business_calendar'

interface ClosingRow {
  readonly day: string
  readonly name: string
}

/** ORD-01: with the days on which the provider is closed, as they are now. */
export async function providerCalendar(client: QueryClientContract = db.connection()) {
  const rows: ClosingRow[] = await client.from('closing_days').select('day', 'name')
  const closingDays = new Map(rows.map(({ day, name }) => [day, name]))
  return new BusinessCalendar({ yearEnd, closesAtHour, closingDays })
}
