import type { HttpContext } from '@adonisjs/core/http'
import { backToOrder } from '#controllers/staff/orders_controller'
import Order from '#models/order'
import { staffMember } from '#models/order/author'
import StaffPolicy from '#policies/staff_policy'
import { orderWord } from '#validators/staff_order'

/** ORD-06 完了, with what it changes in the panel. */
export default class OrderCompletionsController {
  async store(ctx: HttpContext) {
    const { auth, bouncer, params, request } = ctx
    await bouncer.with(StaffPolicy).authorize('decide')
    const order = await Order.findOrFail(params.order_id)
    const { order_word: word = null } = await request.validateUsing(orderWord)
    await order.finish(staffMember(auth.use('staff').getUserOrFail()), word)
    return backToOrder(ctx, order, 'finished')
  }
}
