import type { HttpContext } from '@adonisjs/core/http'
import { failingCertificates } from '#models/automatic_certificate/failing'
import StaffPolicy from '#policies/staff_policy'
import { readList } from '#validators/list'

/** WEB-09: domains whose certificate doesn't come by itself. */
export default class FailingCertificatesController {
  async index({ bouncer, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const list = await readList(request.qs(), ['-id'])
    const rows = await failingCertificates(list.page)
    return view.render('pages/staff/failing_certificates/index', { list, rows })
  }
}
