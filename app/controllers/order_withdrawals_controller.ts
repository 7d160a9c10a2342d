import type { HttpContext } from '@adonisjs/core/http'
import { ordersOf } from '#models/account/visible'
import { followersOf } from '#orders/following'
import OrderPolicy from '#policies/order_policy'

/** ORD-06: an order that nobody has begun is taken back. */
export default class OrderWithdrawalsController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const order = await ordersOf(account).where('id', params.order_id).firstOrFail()
    await bouncer.with(OrderPolicy).authorize('answer', order)
    const followers = await followersOf(order)
    return view.render('pages/order_withdrawals/create', { order, followers })
  }

  async store({ account, bouncer, i18n, params, response, session }: HttpContext) {
    const order = await ordersOf(account).where('id', params.order_id).firstOrFail()
    await bouncer.with(OrderPolicy).authorize('answer', order)
    await order.withdraw(account)
    session.flash('success', i18n.t('messages.orders.withdrawn'))
    return response.redirect().toRoute('orders.show', [order.id])
  }
}
