import db from '@adonisjs/lucid/services/db'
import type { HttpContext } from '@adonisjs/core/http'
import Server from '#models/server'
import { returnServer } from '#models/server/return'
import StaffLog from '#models/staff_log'
import StaffPolicy from '#policies/staff_policy'

/** ORD-04: a server that was cancelled comes back within the days that it is kept. */
export default class ServerReturnsController {
  async create({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const server = await Server.findOrFail(params.server_id)
    return view.render('pages/staff/server_returns/create', { server })
  }

  async store({ auth, bouncer, i18n, params, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const server = await Server.findOrFail(params.server_id)
    const staff = auth.use('staff').getUserOrFail()
    const words = i18n.t('messages.servers.returned_note')
    const task = await db.transaction(async (client) => {
      const begun = await returnServer(server, { staff, words }, client)
      const act = { staff, action: 'server_return.store', target: server.name, ip: request.ip() }
      await StaffLog.write(act, client)
      return begun
    })
    session.flash('success', i18n.t('messages.servers.returned', { name: server.name }))
    return response
      .redirect()
      .toRoute('staff.servers.show', [server.id], { qs: { apply: task.id } })
  }
}
