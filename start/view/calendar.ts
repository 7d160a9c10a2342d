import type { ClosedBecause } from '#calendar/business_calendar'
import { said } from '#orders/words'

/** 勤労感謝の日, 土曜日, 年末年始, or the provider's own name of it. */
export function closedName(because: ClosedBecause): string {
  if ('name' in because) return because.name
  return said(`messages.orders.days.${because.reason}`) ?? ''
}

interface Queue {
  readonly state: string
  readonly kind: string | null
  readonly day: object | null
}

/** The same queue with another state, or further on. */
export function queueUrl(filter: Queue, change: { state?: string; after?: string }) {
  const query = new URLSearchParams({ state: change.state ?? filter.state })
  if (filter.kind) query.set('kind', filter.kind)
  if (filter.day) query.set('day', String(filter.day))
  if (change.after) query.set('after', change.after)
  return `?${query}`
}
