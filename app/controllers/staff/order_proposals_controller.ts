import type { HttpContext } from '@adonisjs/core/http'
import { backToOrder } from '#controllers/staff/orders_controller'
import Order from '#models/order'
import { readDay } from '#models/day'
import StaffPolicy from '#policies/staff_policy'
import { newProposal } from '#validators/staff_order'

/** ORD-06: another date than the one that was asked for (M 2.3.1: 当社都合により). */
export default class OrderProposalsController {
  async store(ctx: HttpContext) {
    const { auth, bouncer, params, request } = ctx
    await bouncer.with(StaffPolicy).authorize('decide')
    const order = await Order.findOrFail(params.order_id)
    const typed = await request.validateUsing(newProposal)
    const dueOn = readDay(typed.due_on)!
    const proposal = { dueOn, window: typed.work_window ?? null, reason: typed.proposal_reason }
    await order.propose(proposal, auth.use('staff').getUserOrFail())
    return backToOrder(ctx, order, 'proposed')
  }
}
