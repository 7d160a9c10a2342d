import db from '@adonisjs/lucid/services/db'
import type { HttpContext } from '@adonisjs/core/http'
import { Day } from '#calendar/day'
import { Refusal } from '#exceptions/refusals'
import Server from '#models/server'
import { keepServerUntil } from '#models/server/return'
import StaffLog from '#models/staff_log'
import StaffPolicy from '#policies/staff_policy'
import { mostGraceDays, serverGrace } from '#validators/server'

/** ORD-04: how long a server that was cancelled is kept. */
export default class ServerGracesController {
  async edit({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const server = await Server.findOrFail(params.server_id)
    return view.render('pages/staff/server_graces/edit', { server, mostGraceDays })
  }

  async update({ auth, bouncer, i18n, params, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const server = await Server.findOrFail(params.server_id)
    const { removes_on: removesOn } = await request.validateUsing(serverGrace)
    const day = dayWithin(removesOn)
    const staff = auth.use('staff').getUserOrFail()
    await db.transaction(async (client) => {
      await keepServerUntil(server, day, client)
      const act = { staff, action: 'server_grace.update', target: server.name, ip: request.ip() }
      await StaffLog.write({ ...act, details: { removes_on: removesOn } }, client)
    })
    session.flash('success', i18n.t('messages.servers.kept', { name: server.name }))
    return response.redirect().toRoute('staff.servers.show', [server.id])
  }
}

/** From tomorrow on: whoever brings it forward by mistake has a day. */
function dayWithin(text: string): Day {
  const [today, day] = [Day.at(new Date()), Day.of(text)]
  const isWithin = today.isBefore(day) && day.isBefore(today.plus(mostGraceDays + 1))
  if (!isWithin)
    throw new Refusal('server_grace_out_of_range', 'removes_on', { most: mostGraceDays })
  return day
}
