import { randomUUID } from 'node:crypto'
import { BusinessCalendar } from '#calendar/business_calendar'
import { Day } from '#calendar/day'
import { choice, earliest, refusal } from '#calendar/lead_time'
import { closesAtHour, yearEnd } from '#config/calendar'
import type Contract from '#models/contract'
import Option from '#models/option'
import type Order from '#models/order'
import { contractor as authorOf } from '#models/order/author'
import type Account from '#models/account'
import { kindOf } from '#orders/index'
import { place, type OrderRequest } from '#orders/placing'

export const calendar = new BusinessCalendar({ yearEnd, closesAtHour, closingDays: new Map() })

/** A moment in Japan. 2026-11-24 is a Tuesday, the first business day of its week. */
export const at = (day: string, hour = 9, minute = 0) => Day.of(day).time(hour, minute)

export const tuesday = at('2026-11-24')

/** What M's tables say in one cell: which days may be chosen, or on which one it is expected. */
export function cell(name: string, details: object = {}, moment = tuesday) {
  const lead = kindOf(name).lead(details)
  const days = choice(lead, calendar, moment)
  if (days) return { first: String(days.first), last: days.last && String(days.last) }
  return { expected: String(earliest(lead, calendar, moment)) }
}

/** Why that day can't be chosen; null where it can. */
export function whyNot(name: string, day: string, details: object = {}, moment = tuesday) {
  return refusal(kindOf(name).lead(details), calendar, moment, Day.of(day))
}

/** As the contractor sends it, at that moment. */
export function applyAt(
  moment: Date,
  contractor: Account,
  kind: string,
  request: Partial<OrderRequest>
): Promise<Order> {
  const whole = { contractId: contractor.contractId, details: {}, token: randomUUID() }
  return place({ ...whole, ...request, kind }, authorOf(contractor), {}, moment)
}

/** What a contract has, as if it had been ordered long ago. */
export function haveOption(contract: Contract, kind: string, values: Partial<Option> = {}) {
  const startedOn = '2026-01-05'
  return Option.create({ contractId: contract.id, kind, details: '{}', startedOn, ...values })
}
