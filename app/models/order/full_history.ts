import Account from '#models/account'
import OrderEvent from '#models/order_event'
import Staff from '#models/staff'

export interface HistoryLine {
  readonly event: OrderEvent
  /** Login of a customer, name of a colleague; null for what the panel did by itself. */
  readonly who: string | null
}

/** For staff: everything that happened, in its order, with who did it. */
export async function fullHistoryOf(orderId: number): Promise<HistoryLine[]> {
  const events = await OrderEvent.query().where({ orderId }).orderBy('id')
  const accounts = await Account.query().whereIn('id', idsOf(events, 'accountId'))
  const staff = await Staff.query().whereIn('id', idsOf(events, 'staffId'))
  const logins = new Map(accounts.map(({ id, login }) => [id, login]))
  const names = new Map(staff.map(({ id, name }) => [id, name]))
  return events.map((event) => ({
    event,
    who: logins.get(event.accountId ?? 0) ?? names.get(event.staffId ?? 0) ?? null,
  }))
}

function idsOf(events: readonly OrderEvent[], key: 'accountId' | 'staffId') {
  const ids = events.map((event) => event[key]).filter((id) => id !== null)
  return [...new Set(ids)]
}
