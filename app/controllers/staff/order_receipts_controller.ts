import type { HttpContext } from '@adonisjs/core/http'
import { backToOrder } from '#controllers/staff/orders_controller'
import Order from '#models/order'
import StaffPolicy from '#policies/staff_policy'
import { orderWord } from '#validators/staff_order'

/** ORD-01: nothing is missing any more; the days count from now. */
export default class OrderReceiptsController {
  async store(ctx: HttpContext) {
    const { auth, bouncer, params, request } = ctx
    await bouncer.with(StaffPolicy).authorize('decide')
    const order = await Order.findOrFail(params.order_id)
    const { order_word: word = null } = await request.validateUsing(orderWord)
    await order.complete(auth.use('staff').getUserOrFail(), word)
    return backToOrder(ctx, order, 'completed')
  }
}
