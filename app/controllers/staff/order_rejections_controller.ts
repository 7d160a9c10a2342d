import type { HttpContext } from '@adonisjs/core/http'
import { backToOrder } from '#controllers/staff/orders_controller'
import Order from '#models/order'
import { staffMember } from '#models/order/author'
import StaffPolicy from '#policies/staff_policy'
import { orderReason } from '#validators/staff_order'

/** ORD-06 却下: the customer reads the reason. */
export default class OrderRejectionsController {
  async store(ctx: HttpContext) {
    const { auth, bouncer, params, request } = ctx
    await bouncer.with(StaffPolicy).authorize('decide')
    const order = await Order.findOrFail(params.order_id)
    const { order_reason: reason } = await request.validateUsing(orderReason)
    await order.reject(reason, staffMember(auth.use('staff').getUserOrFail()))
    return backToOrder(ctx, order, 'rejected')
  }
}
