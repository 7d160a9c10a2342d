import type { HttpContext } from '@adonisjs/core/http'
import { latestApplyOf, serversOf } from '#models/account/visible'
import { setGlobalConnection } from '#models/server/network'
import ServerPolicy from '#policies/server_policy'
import { connection } from '#validators/network'

/** NET-01 グローバルネットワーク接続. */
export default class GlobalConnectionsController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(ServerPolicy).authorize('changeNetwork', server)
    return view.render('pages/global_connections/edit', { server })
  }

  async update({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(ServerPolicy).authorize('changeNetwork', server)
    const { connected } = await request.validateUsing(connection)
    const actor = { by: account, ip: request.ip() }
    const isChanged = await setGlobalConnection(server, connected === 'on', actor)
    const said = isChanged ? `messages.servers.global_${connected}` : 'messages.unchanged'
    session.flash('success', i18n.t(said, { name: server.name }))
    const qs = isChanged ? { apply: await latestApplyOf(account, server.id) } : {}
    return response.redirect().toRoute('server_networks.show', [server.id], { qs })
  }
}
