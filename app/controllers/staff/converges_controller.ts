import db from '@adonisjs/lucid/services/db'
import type { HttpContext } from '@adonisjs/core/http'
import Server from '#models/server'
import StaffPolicy from '#policies/staff_policy'

/** Makes a server equal to the database now (REL-02). */
export default class ConvergesController {
  async store({ auth, bouncer, i18n, params, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('converge')
    const server = await Server.findOrFail(params.server_id)
    const reason = `converge.store ${auth.use('staff').getUserOrFail().login}`
    const task = await db.transaction((client) => server.requestApply({ reason }, client))
    session.flash('success', i18n.t('messages.staff.converge_requested'))
    return response
      .redirect()
      .toRoute('staff.servers.show', [server.id], { qs: { apply: task.id } })
  }
}
