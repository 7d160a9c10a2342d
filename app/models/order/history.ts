import OrderEvent from '#models/order_event'

/** What the customer may know of, in the order in which it happened. */
export function historyOf(orderId: number): Promise<OrderEvent[]> {
  return OrderEvent.query().where({ orderId, isInternal: false }).orderBy('id')
}
