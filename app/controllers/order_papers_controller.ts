import type { HttpContext } from '@adonisjs/core/http'
import { DateTime } from 'luxon'
import Contract from '#models/contract'
import { kindAsked } from '#orders/index'
import { windowsOf } from '#orders/dates'
import OrderPolicy from '#policies/order_policy'

/** ORD-05: what is applied for on paper, to be printed, with what is known of the customer filled in. */
export default class OrderPapersController {
  async show({ account, bouncer, request, view }: HttpContext) {
    await bouncer.with(OrderPolicy).authorize('create')
    const kind = kindAsked(request.qs().kind)
    const contract = await Contract.findOrFail(account.contractId)
    const windows = windowsOf(kind, { details: {}, role: 'staff' })
    const today = DateTime.now().setZone('Asia/Tokyo').toISODate()
    return view.render('pages/order_papers/show', { kind, contract, windows, today })
  }
}
