import db from '@adonisjs/lucid/services/db'
import type { HttpContext } from '@adonisjs/core/http'
import Server from '#models/server'
import { buildAgain, giveUp } from '#models/server/unfinished'
import StaffLog from '#models/staff_log'
import StaffPolicy from '#policies/staff_policy'

/** SRV-01: a server whose creation was given up is made again, or not at all. */
export default class ServerBuildsController {
  async store({ auth, bouncer, i18n, params, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const server = await Server.findOrFail(params.server_id)
    const staff = auth.use('staff').getUserOrFail()
    const task = await db.transaction(async (client) => {
      const begun = await buildAgain(server, client)
      const act = { staff, action: 'server_build.store', target: server.name, ip: request.ip() }
      await StaffLog.write(act, client)
      return begun
    })
    session.flash('success', i18n.t('messages.servers.built_again', { name: server.name }))
    return response
      .redirect()
      .toRoute('staff.servers.show', [server.id], { qs: { apply: task.id } })
  }

  async destroy({ auth, bouncer, i18n, params, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const server = await Server.findOrFail(params.server_id)
    const staff = auth.use('staff').getUserOrFail()
    await db.transaction(async (client) => {
      await giveUp(server, client)
      const act = { staff, action: 'server_build.destroy', target: server.name, ip: request.ip() }
      await StaffLog.write(act, client)
    })
    session.flash('success', i18n.t('messages.servers.given_up', { name: server.name }))
    return response.redirect().toRoute('staff.servers.index')
  }
}
