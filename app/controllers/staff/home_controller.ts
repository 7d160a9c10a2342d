import type { HttpContext } from '@adonisjs/core/http'
import { attention } from '#models/attention'
import StaffPolicy from '#policies/staff_policy'

/** OPS-07: what needs a person now. */
export default class HomeController {
  async show({ bouncer, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('enter')
    return view.render('pages/staff/home/show', { items: await attention() })
  }
}
