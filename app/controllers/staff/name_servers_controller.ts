import type { HttpContext } from '@adonisjs/core/http'
import { nameServerRows, waitingZones } from '#models/name_server/listing'
import StaffPolicy from '#policies/staff_policy'

/** DOM-04, OPT-10: whether both name servers answer, and what waits for them. */
export default class NameServersController {
  async index({ bouncer, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    return view.render('pages/staff/name_servers/index', {
      servers: await nameServerRows(),
      waiting: await waitingZones(),
    })
  }
}
