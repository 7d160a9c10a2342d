import db from '@adonisjs/lucid/services/db'
import type { Month } from '#calendar/month'
import { secondOf } from '#models/order/queue'
import { kinds } from '#orders/index'
import { openStates } from '#orders/state'

export interface Work {
  readonly id: number
  readonly kind: string
  readonly subject: string
  readonly state: string
  readonly due_on: string
  readonly work_window: string | null
}

export interface WorkOfDay {
  /** Those of people first, in the order of their hours; some, where there are many. */
  readonly shown: readonly Work[]
  /** Of all of them. */
  readonly count: number
}

/** A cell of the calendar has no more; the queue of the day has them all. */
const mostShown = 4

/** Orders of a month that are read; beyond it the calendar only says that there is more. */
export const mostOfMonth = 2000

/** ORD-06: what is still to be done in a month, by day (`2026-11-24`). */
export async function workOfMonth({ first, last }: Month): Promise<Map<string, WorkOfDay>> {
  const byDay = Map.groupBy(
    await openWork(secondOf(first.time(0)), secondOf(last.time(24))),
    (each) => each.due_on
  )
  const machines = new Set(kinds.filter(({ work }) => work === 'machine').map(({ name }) => name))
  const rank = ({ kind }: Work) => (machines.has(kind) ? 1 : 0)
  return new Map(
    [...byDay].map(([day, work]) => {
      const sorted = work.sort((one, other) => rank(one) - rank(other))
      return [day, { shown: sorted.slice(0, mostShown), count: work.length }]
    })
  )
}

async function openWork(from: string, until: string): Promise<Work[]> {
  const found: Work[] = []
  for (const state of openStates) {
    const rows: Work[] = await db
      .from('orders')
      .where('state', state)
      .whereBetween('due_at', [from, until])
      .select('id', 'kind', 'subject', 'state', 'due_on', 'work_window', 'due_at')
      .orderBy('due_at')
      .limit(mostOfMonth)
    found.push(...rows)
  }
  return found
}
