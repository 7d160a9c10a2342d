import type { HttpContext } from '@adonisjs/core/http'
import { backToOrder } from '#controllers/staff/orders_controller'
import Order from '#models/order'
import { staffMember } from '#models/order/author'
import StaffPolicy from '#policies/staff_policy'
import { staffNote } from '#validators/staff_order'

/** ORD-06: a word between colleagues, or to the customer. */
export default class OrderNotesController {
  async store(ctx: HttpContext) {
    const { auth, bouncer, params, request } = ctx
    await bouncer.with(StaffPolicy).authorize('answer')
    const order = await Order.findOrFail(params.order_id)
    const typed = await request.validateUsing(staffNote)
    const isInternal = typed.note_for === 'staff'
    const author = staffMember(auth.use('staff').getUserOrFail())
    await order.say({ what: 'note', text: typed.order_note, isInternal }, author)
    return backToOrder(ctx, order, 'noted')
  }
}
