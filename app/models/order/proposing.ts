import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { Day } from '#calendar/day'
import { Refusal } from '#exceptions/refusals'
import type Account from '#models/account'
import type Order from '#models/order'
import { contractor, staffMember } from '#models/order/author'
import OrderProposal, { type ProposalAnswer } from '#models/order_proposal'
import type Staff from '#models/staff'
import { sqlTime } from '#models/task/clock'
import { dueAtOfOrder } from '#orders/dates'
import { untouchedStates } from '#orders/state'

export interface ProposedDate {
  readonly dueOn: string
  readonly window: string | null
  readonly reason: string
}

/** One at a time: a new one takes the place of an unanswered one. */
export async function propose(
  order: Order,
  { dueOn, window, reason }: ProposedDate,
  staff: Staff,
  client: TransactionClientContract
) {
  refuseBegun(order)
  if (Day.of(dueOn).isBefore(Day.at(new Date()))) throw new Refusal('order_day_is_over', 'due_on')
  await overtake(order.id, 'overtaken', client)
  const proposal = { orderId: order.id, dueOn, workWindow: window, reason, staffId: staff.id }
  await OrderProposal.create(proposal, { client })
  await order.note({ what: 'proposed', text: reason }, staffMember(staff), client)
}

/** What staff asked for counts from now on; declined, everything stays and staff sees it. */
export async function answerProposal(
  order: Order,
  answer: 'accepted' | 'declined',
  account: Account,
  client: TransactionClientContract
) {
  refuseBegun(order)
  const proposal = await openProposal(order.id, client)
  if (!proposal) throw new Refusal('order_proposal_is_gone')
  await overtake(order.id, answer, client)
  if (answer === 'accepted') {
    const { dueOn, workWindow } = proposal
    order.merge({ dueOn, workWindow, dueChosen: true })
    await redate(order, client)
  }
  await order.note({ what: answer }, contractor(account), client)
}

export function openProposal(orderId: number, client?: TransactionClientContract) {
  return OrderProposal.query({ client }).where('orderId', orderId).whereNull('answer').first()
}

/** The worker's clock follows the day. */
async function redate(order: Order, client: TransactionClientContract) {
  const dueAt = await dueAtOfOrder(order, client)
  order.merge({ dueAt: DateTime.fromJSDate(dueAt) })
  if (order.dayKey) order.dayKey = order.dayKey.replace(/[\d-]{10}$/, Day.at(dueAt).toString())
  await order.useTransaction(client).save()
  if (order.state === 'waiting') await order.requestWork(client)
}

function refuseBegun({ state }: Order) {
  if (!untouchedStates.includes(state)) throw new Refusal('order_is_otherwise_by_now')
}

function overtake(orderId: number, answer: ProposalAnswer, client: TransactionClientContract) {
  return client
    .from('order_proposals')
    .where('order_id', orderId)
    .whereNull('answer')
    .update({ answer, answered_at: sqlTime() })
}
