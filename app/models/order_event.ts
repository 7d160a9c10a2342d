import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { OrderEventSchema } from '#database/schema'
import Order from '#models/order'
import type { OrderAuthor, OrderRole } from '#models/order/author'
import Task from '#models/task'
import { sqlTime } from '#models/task/clock'

/** What happened: a new state, a proposal and its answer, a note, a file, or that it became late. */
export type OrderEventKind =
  | 'received'
  | 'incomplete'
  | 'completed_application'
  | 'waiting'
  | 'working'
  | 'done'
  | 'withdrawn'
  | 'rejected'
  | 'proposed'
  | 'accepted'
  | 'declined'
  | 'note'
  | 'file'
  | 'late'

export interface NewOrderEvent {
  readonly what: OrderEventKind
  readonly text?: string | null
  readonly isInternal?: boolean
  /** The customer gets no mail of what another mail says already. */
  readonly isQuiet?: boolean
}

const customersWords: readonly OrderEventKind[] = ['note', 'accepted', 'declined']

/** ORD-06: one line of an order's history. */
export default class OrderEvent extends OrderEventSchema {
  declare what: OrderEventKind
  declare role: OrderRole

  @belongsTo(() => Order)
  declare order: BelongsTo<typeof Order>

  /** With the mail to the customer, unless it is between staff or his own words. */
  static async record(
    orderId: number,
    { what, text = null, isInternal = false, isQuiet = false }: NewOrderEvent,
    author: OrderAuthor,
    client: TransactionClientContract
  ): Promise<OrderEvent> {
    const event = await this.create({ orderId, what, text, isInternal, ...author }, { client })
    const isOwnWord = what === 'note' && author.role === 'contractor'
    await this.markWord(event, client)
    if (!isInternal && !isQuiet && !isOwnWord) {
      await Task.enqueue({ kind: 'tell_of_order', payload: { orderEventId: event.id } }, client)
    }
    return event
  }

  /** Staff learns of what a customer wrote or answered: in the queue until somebody did something about it, and by mail. */
  private static async markWord(event: OrderEvent, client: TransactionClientContract) {
    const { id, orderId, what, role } = event
    const isWord = role === 'contractor' && customersWords.includes(what)
    if (role !== 'staff' && !isWord) return
    const mark = { customer_wrote_at: isWord ? sqlTime() : null }
    await client.from('orders').where('id', orderId).update(mark)
    if (!isWord) return
    const payload = { orderEventId: id, isForStaff: true }
    await Task.enqueue({ kind: 'tell_of_order', payload }, client)
  }
}
