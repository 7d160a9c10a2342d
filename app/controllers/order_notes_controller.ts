import type { HttpContext } from '@adonisjs/core/http'
import { ordersOf } from '#models/account/visible'
import { contractor } from '#models/order/author'
import OrderPolicy from '#policies/order_policy'
import { orderNote } from '#validators/order'

/** ORD-06: the customer writes to staff about an order, such as what was missing. */
export default class OrderNotesController {
  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const order = await ordersOf(account).where('id', params.order_id).firstOrFail()
    await bouncer.with(OrderPolicy).authorize('answer', order)
    const { text } = await request.validateUsing(orderNote)
    await order.say({ what: 'note', text }, contractor(account))
    session.flash('success', i18n.t('messages.orders.answered'))
    return response.redirect().toRoute('orders.show', [order.id])
  }
}
