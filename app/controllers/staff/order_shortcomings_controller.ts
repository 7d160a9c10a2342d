import type { HttpContext } from '@adonisjs/core/http'
import { backToOrder } from '#controllers/staff/orders_controller'
import Order from '#models/order'
import StaffPolicy from '#policies/staff_policy'
import { orderShortcoming } from '#validators/staff_order'

/** ORD-06 受付不備: the customer is told what is missing, and the days stop. */
export default class OrderShortcomingsController {
  async store(ctx: HttpContext) {
    const { auth, bouncer, params, request } = ctx
    await bouncer.with(StaffPolicy).authorize('decide')
    const order = await Order.findOrFail(params.order_id)
    const { order_missing: missing } = await request.validateUsing(orderShortcoming)
    await order.markIncomplete(missing, auth.use('staff').getUserOrFail())
    return backToOrder(ctx, order, 'marked_incomplete')
  }
}
