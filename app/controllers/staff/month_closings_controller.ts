import type { HttpContext } from '@adonisjs/core/http'
import { closingRows } from '#models/month_closing/listing'
import StaffPolicy from '#policies/staff_policy'

/** ORD-07: months of which the statements were made. */
export default class MonthClosingsController {
  async index({ bouncer, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    return view.render('pages/staff/month_closings/index', { months: await closingRows() })
  }
}
