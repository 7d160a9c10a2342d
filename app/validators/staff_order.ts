import vine from '@vinejs/vine'
import { Day } from '#calendar/day'
import { readDay } from '#models/day'
import { queueStates, type QueueFilter, type QueuePlace } from '#models/order/queue'
import { kinds } from '#orders/index'
import { day, textLines } from '#validators/rules'

const text = (most = 4000) => vine.string().maxLength(most).use(textLines())

/** 受付不備: what is missing. */
export const orderShortcoming = vine.create({ order_missing: text() })
/** 却下. */
export const orderReason = vine.create({ order_reason: text() })
export const orderWord = vine.create({ order_word: text().nullable().optional() })

/** Of an application on paper. */
export const orderPaper = vine.create({
  paper_reason: text(1000).nullable().optional(),
  paper_missing: text().nullable().optional(),
})

export const staffNote = vine.create({
  order_note: text(),
  note_for: vine.enum(['staff', 'customer'] as const),
})

export const newProposal = vine.create({
  due_on: vine.string().maxLength(20).use(day()),
  work_window: vine.string().maxLength(8).nullable().optional(),
  proposal_reason: text(1000),
})

export const newOrderFile = vine.create({
  order_file: vine.file({ size: '5mb' }),
  file_for: vine.enum(['staff', 'customer'] as const),
})

/** What the queue takes from the address. Nonsense counts as absent. */
export function readQueue(query: Record<string, unknown>): QueueFilter & { readonly q: string } {
  const asked = (name: string) => (typeof query[name] === 'string' ? query[name].trim() : '')
  const due = readDay(asked('day'))
  return {
    q: asked('q').slice(0, 200),
    state: queueStates.find((state) => state === asked('state')) ?? 'open',
    kind: kinds.find(({ name }) => name === asked('kind'))?.name ?? null,
    day: due ? Day.of(due) : null,
    after: placeOf(asked('after')),
  }
}

/** `2026-11-24T01:00:00~12`, and `~12` for what has no day. */
export function placeText({ dueAt, id }: QueuePlace): string {
  return `${dueAt?.replace(' ', 'T') ?? ''}~${id}`
}

function placeOf(typed: string): QueuePlace | null {
  const [, dueAt, id] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)?~([1-9]\d{0,14})$/.exec(typed) ?? []
  return id ? { dueAt: dueAt?.replace('T', ' ') ?? null, id: Number(id) } : null
}
