import type { HttpContext } from '@adonisjs/core/http'
import { streamProgress } from '#controllers/apply_events_controller'
import { ordersOf } from '#models/account/visible'
import { watchOrder } from '#models/order/progress'
import OrderPolicy from '#policies/order_policy'

/** ORD-06: what a machine does for an order, told by the server (server-sent events) while it happens. */
export default class OrderEventsController {
  async show(ctx: HttpContext) {
    const order = await ordersOf(ctx.account).where('id', ctx.params.order_id).firstOrFail()
    await ctx.bouncer.with(OrderPolicy).authorize('show', order)
    return streamProgress(ctx, (signal) => watchOrder(order.id, signal))
  }
}
