import type { HttpContext } from '@adonisjs/core/http'
import MonthClosing from '#models/month_closing'
import StaffPolicy from '#policies/staff_policy'

/** ORD-07: who had something without a price gets his statement now. */
export default class MonthReopeningsController {
  async store({ bouncer, i18n, params, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('bill')
    const closing = await MonthClosing.findOrFail(params.month_closing_id)
    await closing.reopen()
    session.flash('success', i18n.t('messages.billing.reopened'))
    return response.redirect().toRoute('staff.month_closings.index')
  }
}
