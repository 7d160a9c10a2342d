import type { HttpContext } from '@adonisjs/core/http'
import { staffLogRows } from '#models/staff_log/listing'
import StaffPolicy from '#policies/staff_policy'
import { readStaffLogFilter } from '#validators/staff'

/** OPS-07: what staff did. */
export default class StaffLogsController {
  async index({ bouncer, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('manage')
    const filter = await readStaffLogFilter(request.qs())
    return view.render('pages/staff/staff_logs/index', {
      filter,
      lines: await staffLogRows(filter),
    })
  }
}
