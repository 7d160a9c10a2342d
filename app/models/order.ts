import db from '@adonisjs/lucid/services/db'
import { belongsTo, hasMany } from '@adonisjs/lucid/orm'
import type { BelongsTo, HasMany } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { OrderSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import type Account from '#models/account'
import Contract from '#models/contract'
import Domain from '#models/domain'
import { contractor, staffMember, system, type OrderAuthor } from '#models/order/author'
import OrderEvent, { type NewOrderEvent } from '#models/order_event'
import OrderProposal from '#models/order_proposal'
import { answerProposal, propose, type ProposedDate } from '#models/order/proposing'
import Server from '#models/server'
import type Staff from '#models/staff'
import Task from '#models/task'
import { retried } from '#models/task/contention'
import { receivedAgain } from '#orders/dates'
import { endFollowers, moveFollowers } from '#orders/following'
import { kindOf } from '#orders/index'
import type { OrderKind } from '#orders/kind'
import { place, type OrderRequest, type PaperFacts } from '#orders/placing'
import { isOpen, mayBecome, untouchedStates, type OrderState } from '#orders/state'

type Work = (order: Order, client: TransactionClientContract) => Promise<void>

/** ORD-06: something that a customer wants done, from the application to its end. */
export default class Order extends OrderSchema {
  declare state: OrderState

  @belongsTo(() => Contract)
  declare contract: BelongsTo<typeof Contract>

  @belongsTo(() => Server)
  declare server: BelongsTo<typeof Server>

  @belongsTo(() => Domain)
  declare domain: BelongsTo<typeof Domain>

  @hasMany(() => OrderEvent)
  declare events: HasMany<typeof OrderEvent>

  @hasMany(() => OrderProposal)
  declare proposals: HasMany<typeof OrderProposal>

  static place(request: OrderRequest, account: Account): Promise<Order> {
    return place(request, contractor(account))
  }

  /** ORD-05: what came on paper, or by telephone. */
  static enter(request: OrderRequest, staff: Staff, paper: PaperFacts = {}): Promise<Order> {
    return place(request, staffMember(staff), paper)
  }

  /** Fresh, and nobody else changes it until the transaction ends. */
  static async lock(id: number, client: TransactionClientContract): Promise<Order> {
    await client
      .from('orders')
      .where('id', id)
      .update({ subject: client.raw('subject') })
    return this.findOrFail(id, { client })
  }

  get rules(): OrderKind {
    return kindOf(this.kind)
  }

  get facts(): any {
    return JSON.parse(this.details)
  }

  get ids() {
    const { contractId, serverId, domainId, zoneId, optionId } = this
    return { contractId, serverId, domainId, zoneId, optionId }
  }

  get isOpen() {
    return isOpen(this.state)
  }

  get canBeWithdrawn(): boolean {
    if (!untouchedStates.includes(this.state)) return false
    return this.rules.canWithdraw?.(this) ?? true
  }

  /** By the customer, while nobody has begun. */
  withdraw(account: Account) {
    return this.change(async (order, client) => {
      if (!order.canBeWithdrawn) throw new Refusal('order_has_begun')
      await order.become('withdrawn', { what: 'withdrawn' }, contractor(account), client)
    })
  }

  /** 受付不備: days count anew from when nothing is missing any more. */
  markIncomplete(missing: string, staff: Staff) {
    return this.change((order, client) => order.lackWithin(client, missing, staffMember(staff)))
  }

  async lackWithin(client: TransactionClientContract, missing: string, author: OrderAuthor) {
    const order: Order = this
    order.merge({ receivedOn: null, dueAt: null, ...(this.dueChosen ? {} : { dueOn: null }) })
    await this.become('incomplete', { what: 'incomplete', text: missing }, author, client)
  }

  /** Nothing is missing any more; a chosen day that has become too early is the earliest one then. */
  complete(staff: Staff, text: string | null = null) {
    return this.change(async (order, client) => {
      order.merge(await receivedAgain(order, client))
      const event = { what: 'completed_application', text } as const
      await order.become('received', event, staffMember(staff), client)
      await moveFollowers(order, client)
      if (order.rules.work === 'machine') await order.awaitWithin(client)
    })
  }

  /** Nothing is wrong with it: 作業待ち. */
  confirm(staff: Staff) {
    return this.change((order, client) => order.awaitWithin(client, staffMember(staff)))
  }

  async awaitWithin(client: TransactionClientContract, author: OrderAuthor = system) {
    const isQuiet = author.role === 'system'
    await this.become('waiting', { what: 'waiting', isQuiet }, author, client)
    await this.requestWork(client)
  }

  /** 作業中 */
  begin(author: OrderAuthor) {
    return this.change((order, client) =>
      order.become('working', { what: 'working' }, author, client)
    )
  }

  /** 完了, with what it changes in the panel. */
  finish(author: OrderAuthor, text: string | null = null) {
    return this.change(async (order, client) => {
      if (!mayBecome(order.state, 'done')) throw new Refusal('order_is_otherwise_by_now')
      await order.rules.perform?.(order, client)
      await order.become('done', { what: 'done', text }, author, client)
    })
  }

  /** 却下 */
  reject(reason: string, author: OrderAuthor) {
    return this.change((order, client) =>
      order.become('rejected', { what: 'rejected', text: reason }, author, client)
    )
  }

  /** Another day than the one that was asked for (M 3.1 *2: 当社都合により). */
  propose(wish: ProposedDate, staff: Staff) {
    return this.change((order, client) => propose(order, wish, staff, client))
  }

  accept(account: Account) {
    return this.change((order, client) => answerProposal(order, 'accepted', account, client))
  }

  decline(account: Account) {
    return this.change((order, client) => answerProposal(order, 'declined', account, client))
  }

  /** A word of the customer's or of staff's. */
  say(event: NewOrderEvent, author: OrderAuthor) {
    return this.change((order, client) => order.note(event, author, client))
  }

  /** It couldn't be done in time; for staff to look at. */
  stall(text: string) {
    return this.change((order, client) =>
      order.note({ what: 'late', text, isInternal: true }, system, client)
    )
  }

  async note(event: NewOrderEvent, author: OrderAuthor, client: TransactionClientContract) {
    await OrderEvent.record(this.id, event, author, client)
  }

  /** Within a transaction that holds the row. */
  async become(
    state: OrderState,
    event: NewOrderEvent,
    author: OrderAuthor,
    client: TransactionClientContract
  ) {
    if (!mayBecome(this.state, state)) throw new Refusal('order_is_otherwise_by_now')
    const now = DateTime.utc()
    const order: Order = this
    order.merge({ state, stateAt: now })
    if (!isOpen(state)) order.merge({ finishedAt: now, openKey: null })
    // What didn't happen doesn't count for the day
    if (state === 'withdrawn' || state === 'rejected') this.dayKey = null
    await this.useTransaction(client).save()
    await OrderEvent.record(this.id, event, author, client)
    await endFollowers(this, client)
  }

  /** By the machine, when it is due; late once when nothing ran then. */
  async requestWork(client: TransactionClientContract) {
    if (this.rules.work !== 'machine' || !this.dueAt) return
    const runAt = this.dueAt.toJSDate()
    const uniqueKey = `order:${this.id}:${runAt.getTime()}`
    const payload = { orderId: this.id }
    await Task.enqueue({ kind: 'perform_order', payload, uniqueKey, runAt }, client)
  }

  /** `work` sees the row as it is now; this one shows what became of it. */
  async change(work: Work): Promise<void> {
    await retried(() =>
      db.transaction(async (client) => work(await Order.lock(this.id, client), client))
    )
    await this.refresh()
  }
}
