import type { HttpContext } from '@adonisjs/core/http'
import { Day } from '#calendar/day'
import { monthOf, readMonth } from '#calendar/month'
import ClosingDay from '#models/closing_day'
import { closedMonth } from '#models/closing_day/months'
import { readDay } from '#models/day'
import { providerCalendar } from '#orders/calendar'
import StaffPolicy from '#policies/staff_policy'
import { newClosingDays } from '#validators/closing_day'

/** ORD-01: days on which the provider is closed by his own decision. */
export default class ClosingDaysController {
  async index({ bouncer, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const today = Day.at(new Date())
    const calendar = await providerCalendar()
    const month = readMonth(String(request.qs().month)) ?? readMonth(monthOf(today))!
    const shown = [month, readMonth(month.next) ?? month]
    return view.render('pages/staff/closing_days/index', {
      month,
      months: shown.map((each) => closedMonth(each, calendar)),
      days: await ClosingDay.query().where('day', '>=', today.toString()).orderBy('day'),
    })
  }

  async store({ auth, bouncer, i18n, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const typed = await request.validateUsing(newClosingDays)
    const from = readDay(typed.closing_from)!
    const until = readDay(typed.closing_until ?? typed.closing_from)!
    const staff = auth.use('staff').getUserOrFail()
    const count = await ClosingDay.add({ from, until, name: typed.closing_name }, staff)
    session.flash('success', i18n.t('messages.staff.closing_days_added', { count }))
    return response.redirect().toRoute('staff.closing_days.index')
  }

  async destroy({ bouncer, i18n, params, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const day = await ClosingDay.findOrFail(params.id)
    await day.remove()
    session.flash('success', i18n.t('messages.staff.closing_day_removed'))
    return response.redirect().toRoute('staff.closing_days.index')
  }
}
