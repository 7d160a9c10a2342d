import type { HttpContext } from '@adonisjs/core/http'
import { compareAll } from '#models/zone/publication'
import StaffPolicy from '#policies/staff_policy'

/** Compares everything that the name servers have with what they should have, now. */
export default class NameServerComparisonsController {
  async store({ bouncer, i18n, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('converge')
    await compareAll()
    session.flash('success', i18n.t('messages.staff.comparison_requested'))
    return response.redirect().toRoute('staff.name_servers.index')
  }
}
