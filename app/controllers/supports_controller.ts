import type { HttpContext } from '@adonisjs/core/http'
import { support } from '#config/support'
import InquiryPolicy from '#policies/inquiry_policy'

/** ORD-08: whom to ask, and when somebody answers. */
export default class SupportsController {
  async show({ bouncer, view }: HttpContext) {
    await bouncer.with(InquiryPolicy).authorize('readContacts')
    return view.render('pages/supports/show', { support })
  }
}
