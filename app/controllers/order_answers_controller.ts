import type { HttpContext } from '@adonisjs/core/http'
import { ordersOf } from '#models/account/visible'
import OrderPolicy from '#policies/order_policy'
import { proposalAnswer } from '#validators/order'

/** ORD-06: yes or no to the date that staff proposed. */
export default class OrderAnswersController {
  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const order = await ordersOf(account).where('id', params.order_id).firstOrFail()
    await bouncer.with(OrderPolicy).authorize('answer', order)
    const { answer } = await request.validateUsing(proposalAnswer)
    await order[answer](account)
    session.flash('success', i18n.t(`messages.orders.answers.${answer}`))
    return response.redirect().toRoute('orders.show', [order.id])
  }
}
