import type { HttpContext } from '@adonisjs/core/http'
import Inquiry from '#models/inquiry'
import StaffPolicy from '#policies/staff_policy'

/** ORD-08: answered by mail; here is kept that it was. */
export default class InquiryAnswersController {
  async store({ auth, bouncer, i18n, params, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('answer')
    const inquiry = await Inquiry.findOrFail(params.inquiry_id)
    await inquiry.markAnswered(auth.use('staff').getUserOrFail())
    session.flash('success', i18n.t('messages.staff.inquiry_answered'))
    return response.redirect().toRoute('staff.inquiries.index')
  }
}
