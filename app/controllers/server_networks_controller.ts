import type { HttpContext } from '@adonisjs/core/http'
import { watchedApply } from '#controllers/applies_controller'
import { serversOf } from '#models/account/visible'
import { firewallPortsOf } from '#models/firewall_rule/listing'
import ServerPolicy from '#policies/server_policy'

/** NET-01 to NET-03: the networks of one server and who reaches it. */
export default class ServerNetworksController {
  async show(ctx: HttpContext) {
    const { account, bouncer, params, request, view } = ctx
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(ServerPolicy).authorize('changeNetwork', server)
    return view.render('pages/server_networks/show', {
      server,
      ports: await firewallPortsOf(server),
      ip: request.ip(),
      apply: await watchedApply(ctx),
    })
  }
}
