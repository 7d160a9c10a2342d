import type { HttpContext } from '@adonisjs/core/http'
import OneTimeFee from '#models/one_time_fee'
import StaffPolicy from '#policies/staff_policy'
import { quote } from '#validators/billing'

/** ORD-07: the price that was agreed on, of what is paid once. */
export default class OneTimeFeeQuotesController {
  async update({ bouncer, i18n, params, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('bill')
    const { yen } = await request.validateUsing(quote)
    await OneTimeFee.quote(params.id, yen)
    session.flash('success', i18n.t('messages.billing.quoted'))
    return response.redirect().toRoute('staff.quotes.index')
  }
}
