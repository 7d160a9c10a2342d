import type { HttpContext } from '@adonisjs/core/http'
import { Day } from '#calendar/day'
import { monthOf, readMonth } from '#calendar/month'
import { closedMonth } from '#models/closing_day/months'
import { workOfMonth } from '#models/order/work_calendar'
import { providerCalendar } from '#orders/calendar'
import StaffPolicy from '#policies/staff_policy'

/** ORD-06: on which days there is how much to do. */
export default class WorkCalendarsController {
  async show({ bouncer, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const today = Day.at(new Date())
    const month = readMonth(String(request.qs().month)) ?? readMonth(monthOf(today))!
    const calendar = await providerCalendar()
    return view.render('pages/staff/work_calendars/show', {
      month: closedMonth(month, calendar),
      work: await workOfMonth(month),
      today: today.toString(),
    })
  }
}
