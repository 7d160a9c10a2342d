import type { HttpContext } from '@adonisjs/core/http'
import { backToOrder } from '#controllers/staff/orders_controller'
import Order from '#models/order'
import StaffPolicy from '#policies/staff_policy'

/** ORD-06 作業待ち: looked through, nothing is wrong with it. */
export default class OrderConfirmationsController {
  async store(ctx: HttpContext) {
    const { auth, bouncer, params } = ctx
    await bouncer.with(StaffPolicy).authorize('decide')
    const order = await Order.findOrFail(params.order_id)
    await order.confirm(auth.use('staff').getUserOrFail())
    return backToOrder(ctx, order, 'confirmed')
  }
}
