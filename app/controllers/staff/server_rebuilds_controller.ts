import type { HttpContext } from '@adonisjs/core/http'
import { Refusal } from '#exceptions/refusals'
import BackupHost from '#models/backup_host'
import BackupRestore from '#models/backup_restore'
import Server from '#models/server'
import ServerRebuild from '#models/server_rebuild'
import { sourcesOf } from '#models/server_rebuild/sources'
import { progressOf } from '#models/task/progress'
import StaffPolicy from '#policies/staff_policy'
import { newRebuild } from '#validators/backup'

/** BKP-02: a server that was lost is made anew, and everything comes back into it. */
export default class ServerRebuildsController {
  async create({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const server = await Server.findOrFail(params.server_id)
    return view.render('pages/staff/server_rebuilds/create', {
      server,
      host: await BackupHost.registered(),
      sources: await sourcesOf(server.id),
    })
  }

  async store({ auth, bouncer, params, request, response }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const server = await Server.findOrFail(params.server_id)
    const { name } = await request.validateUsing(newRebuild)
    if (name.trim().normalize('NFKC').toLowerCase() !== server.name)
      throw new Refusal('server_name_typed_differs', 'name')
    const rebuild = await ServerRebuild.request(server, auth.use('staff').getUserOrFail())
    return response.redirect().toRoute('staff.server_rebuilds.show', [rebuild.id])
  }

  async show({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const rebuild = await ServerRebuild.query()
      .where('id', params.id)
      .preload('server')
      .firstOrFail()
    return view.render('pages/staff/server_rebuilds/show', {
      rebuild,
      restores: await BackupRestore.query().where('serverRebuildId', rebuild.id).orderBy('id'),
      apply: rebuild.taskId && !rebuild.isOver ? await progressOf(rebuild.taskId) : null,
    })
  }
}
