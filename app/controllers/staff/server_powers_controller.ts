import db from '@adonisjs/lucid/services/db'
import type { HttpContext } from '@adonisjs/core/http'
import Server from '#models/server'
import { powerActionsOf, switchingOf } from '#models/server/power'
import StaffLog from '#models/staff_log'
import StaffPolicy from '#policies/staff_policy'
import { serverPower } from '#validators/server'

/** SRV-05: as its contractor does it, by staff. */
export default class ServerPowersController {
  async create({ bouncer, params, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('operate')
    const server = await Server.findOrFail(params.server_id)
    const { power } = await request.validateUsing(serverPower, { data: request.qs() })
    return view.render('pages/server_powers/create', {
      server,
      power,
      isPossible: powerActionsOf(server).includes(power) && !(await switchingOf(server)),
      base: '/staff/servers',
    })
  }

  async store({ auth, bouncer, i18n, params, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('operate')
    const server = await Server.findOrFail(params.server_id)
    const { power } = await request.validateUsing(serverPower)
    const staff = auth.use('staff').getUserOrFail()
    const task = await db.transaction(async (client) => {
      const queued = await server.requestPower(power, null, client)
      const act = { staff, action: `server_power.${power}`, target: server.name, ip: request.ip() }
      await StaffLog.write(act, client)
      return queued
    })
    session.flash('success', i18n.t(`messages.servers.power.${power}`, { name: server.name }))
    return response
      .redirect()
      .toRoute('staff.servers.show', [server.id], { qs: { apply: task.id } })
  }
}
