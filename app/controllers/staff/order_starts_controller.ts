import type { HttpContext } from '@adonisjs/core/http'
import { backToOrder } from '#controllers/staff/orders_controller'
import Order from '#models/order'
import { Refusal } from '#exceptions/refusals'
import { staffMember } from '#models/order/author'
import StaffPolicy from '#policies/staff_policy'

/** ORD-06 作業中: from now on it can’t be withdrawn. */
export default class OrderStartsController {
  async store(ctx: HttpContext) {
    const { auth, bouncer, params } = ctx
    await bouncer.with(StaffPolicy).authorize('decide')
    const order = await Order.findOrFail(params.order_id)
    if (order.rules.work === 'machine') throw new Refusal('order_is_done_by_machine')
    await order.begin(staffMember(auth.use('staff').getUserOrFail()))
    return backToOrder(ctx, order, 'begun')
  }
}
