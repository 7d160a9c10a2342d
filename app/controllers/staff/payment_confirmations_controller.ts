import type { HttpContext } from '@adonisjs/core/http'
import PaymentChange from '#models/payment_change'
import StaffPolicy from '#policies/staff_policy'

/** PNL-13: the paper is here, the new way to pay holds. */
export default class PaymentConfirmationsController {
  async store({ auth, bouncer, i18n, params, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const change = await PaymentChange.findOrFail(params.payment_change_id)
    await change.confirmBy(auth.use('staff').getUserOrFail())
    session.flash('success', i18n.t('messages.staff.payment_confirmed'))
    return response.redirect().toRoute('staff.contracts.show', [change.contractId])
  }
}
