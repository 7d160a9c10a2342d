import type { HttpContext } from '@adonisjs/core/http'
import { domainsOfServer, domainSorts } from '#models/domain/listing'
import { currentAnnouncements } from '#models/announcement/reading'
import { serversOf } from '#models/account/visible'
import { openOrdersOf } from '#models/order/of_server'
import { powerActionsOf, switchingOf } from '#models/server/power'
import { alertsOfRow } from '#models/server/alerts'
import { serversOfContract } from '#models/server/contract_listing'
import { buildOf, recentAppliesOf } from '#models/server/listing'
import { watchedApply } from '#controllers/applies_controller'
import ServerPolicy from '#policies/server_policy'
import { readList } from '#validators/list'

/** SRV-03: all servers of a contract. */
export default class ServersController {
  async index({ account, bouncer, request, view }: HttpContext) {
    await bouncer.with(ServerPolicy).authorize('index')
    const list = await readList(request.qs(), ['name'])
    const servers = await serversOfContract(account.contractId, list)
    const announcements = await currentAnnouncements(account)
    return view.render('pages/servers/index', { list, servers, announcements })
  }

  async show(ctx: HttpContext) {
    const { account, bouncer, params, request, view } = ctx
    const server = await serversOf(account).where('id', params.id).firstOrFail()
    await bouncer.with(ServerPolicy).authorize('show', server)

    const switching = await switchingOf(server)
    const list = await readList(request.qs(), domainSorts)
    return view.render('pages/servers/show', {
      server,
      list,
      domains: await domainsOfServer(server.id, list),
      applies: await recentAppliesOf(server.id),
      orders: account.isContractor ? await openOrdersOf(server) : [],
      apply: (await watchedApply(ctx)) ?? (await buildOf(server)) ?? switching,
      switching,
      powers: powerActionsOf(server),
      alerts: alertsOfRow(server),
    })
  }
}
