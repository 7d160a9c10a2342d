import type { HttpContext } from '@adonisjs/core/http'
import { unpricedFees } from '#models/fee/unpriced'
import StaffPolicy from '#policies/staff_policy'

/** ORD-07: what the price list does not have, and somebody has to agree on with the customer. */
export default class QuotesController {
  async index({ bouncer, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    return view.render('pages/staff/quotes/index', await unpricedFees())
  }
}
