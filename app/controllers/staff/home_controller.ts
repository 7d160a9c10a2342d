import type { HttpContext } from '@adonisjs/core/http'
import StaffPolicy from '#policies/staff_policy'

export default class HomeController {
  async show({ bouncer, response }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('enter')
    return response.redirect().toRoute('staff.servers.index')
  }
}
