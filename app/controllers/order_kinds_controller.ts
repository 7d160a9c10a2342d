import type { HttpContext } from '@adonisjs/core/http'
import OrderPolicy from '#policies/order_policy'
import { catalogue } from '#orders/catalogue'

/** ORD-06: what can be ordered, with prices and how long it takes. */
export default class OrderKindsController {
  async index({ bouncer, view }: HttpContext) {
    await bouncer.with(OrderPolicy).authorize('create')
    return view.render('pages/order_kinds/index', { groups: await catalogue() })
  }
}
