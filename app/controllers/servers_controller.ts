import type { HttpContext } from '@adonisjs/core/http'
import { domainsOfServer, domainSorts } from '#models/domain/listing'
import { serversOf } from '#models/account/visible'
import { openOrdersOf } from '#models/order/of_server'
import { powerActionsOf, switchingOf } from '#models/server/power'
import { buildOf, recentAppliesOf, serverRowsOf } from '#models/server/listing'
import { watchedApply } from '#controllers/applies_controller'
import ServerPolicy from '#policies/server_policy'
import { readList } from '#validators/list'

/** SRV-03: all servers of a contract. */
export default class ServersController {
  async index({ account, bouncer, view }: HttpContext) {
    await bouncer.with(ServerPolicy).authorize('index')
    return view.render('pages/servers/index', { servers: await serverRowsOf(account.contractId) })
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
    })
  }
}
