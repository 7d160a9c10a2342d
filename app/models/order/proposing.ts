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
import { dueAtOfOrder, refuseProposed } from '#orders/dates'
import { moveFollowers } from '#orders/following'
import { isBeingCancelled } from '#orders/placing'
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
  await refuseProposed(order, { dueOn, window }, client)
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
  if (answer === 'accepted') await refusePast(order, proposal, client)
  await overtake(order.id, answer, client)
  if (answer === 'accepted') {
    const { dueOn, workWindow } = proposal
    order.merge({ dueOn, workWindow, dueChosen: true })
    await redate(order, client)
  }
  await order.note({ what: answer }, contractor(account), client)
}

/** What was possible when staff asked need not be any more when the customer answers. */
async function refusePast(
  order: Order,
  { dueOn, workWindow: window }: OrderProposal,
  client: TransactionClientContract
) {
  const { id, dayKey, serverId, rules } = order
  if (Day.of(dueOn).isBefore(Day.at(new Date()))) throw new Refusal('order_day_is_over')
  await refuseProposed(order, { dueOn, window }, client).catch((error: unknown) => {
    throw error instanceof Refusal ? new Refusal('order_proposal_is_impossible') : error
  })
  if (serverId && rules.cancels !== 'server' && (await isBeingCancelled(serverId, client)))
    throw new Refusal('server_is_being_cancelled')
  if (!dayKey) return
  const sameDay = client.from('orders').where('day_key', onDay(dayKey, dueOn)).whereNot('id', id)
  if (await sameDay.first()) throw new Refusal('order_once_a_day')
}

const onDay = (dayKey: string, day: string) => dayKey.replace(/[\d-]{10}$/, day)

export function openProposal(orderId: number, client?: TransactionClientContract) {
  return OrderProposal.query({ client }).where('orderId', orderId).whereNull('answer').first()
}

/** The worker's clock follows the day. */
async function redate(order: Order, client: TransactionClientContract) {
  const dueAt = await dueAtOfOrder(order, client)
  order.merge({ dueAt: DateTime.fromJSDate(dueAt) })
  if (order.dayKey) order.dayKey = onDay(order.dayKey, Day.at(dueAt).toString())
  await order.useTransaction(client).save()
  if (order.state === 'waiting') await order.requestWork(client)
  await moveFollowers(order, client)
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
