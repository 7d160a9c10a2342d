import type { HttpContext } from '@adonisjs/core/http'
import { watchedApply } from '#controllers/staff/applies_controller'
import { runsOfServer } from '#models/run/listing'
import { alertsOfRow } from '#models/server/alerts'
import Server from '#models/server'
import ServerRebuild from '#models/server_rebuild'
import { powerActionsOf, switchingOf } from '#models/server/power'
import { serverCounts, serverFilters, staffServerRows } from '#models/server/staff_listing'
import { isUnfinished } from '#models/server/unfinished'
import StaffPolicy from '#policies/staff_policy'
import { readList } from '#validators/list'
import { readServerFilter } from '#validators/staff'

/** OPS-07: the servers of all contracts. */
export default class ServersController {
  async index({ bouncer, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const list = await readServerFilter(request.qs())
    return view.render('pages/staff/servers/index', {
      ...{ list, serverFilters },
      servers: await staffServerRows(list),
      counts: await serverCounts(),
    })
  }

  async show(ctx: HttpContext) {
    const { bouncer, params, request, view } = ctx
    await bouncer.with(StaffPolicy).authorize('read')
    const server = await Server.query().where('id', params.id).preload('contract').firstOrFail()
    const list = await readList(request.qs(), ['-id'])
    const switching = await switchingOf(server)
    return view.render('pages/staff/servers/show', {
      server,
      list,
      runs: await runsOfServer(server.id, list.page),
      apply: (await watchedApply(ctx)) ?? switching,
      switching,
      powers: powerActionsOf(server),
      alerts: alertsOfRow(server),
      isUnfinished: await isUnfinished(server),
      rebuilds: await ServerRebuild.query()
        .where('serverId', server.id)
        .orderBy('id', 'desc')
        .limit(3),
    })
  }
}
