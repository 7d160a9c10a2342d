import type { HttpContext } from '@adonisjs/core/http'
import { serversOf } from '#models/account/visible'
import { setPrivateConnection } from '#models/server/network'
import ServerPolicy from '#policies/server_policy'
import { connection } from '#validators/network'

/** NET-02 プライベートネットワーク接続. */
export default class PrivateConnectionsController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(ServerPolicy).authorize('changeNetwork', server)
    return view.render('pages/private_connections/edit', { server })
  }

  async update({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(ServerPolicy).authorize('changeNetwork', server)
    const { connected } = await request.validateUsing(connection)
    const actor = { by: account, ip: request.ip() }
    const isChanged = await setPrivateConnection(server, connected === 'on', actor)
    const said = isChanged ? `messages.servers.private_${connected}` : 'messages.unchanged'
    session.flash('success', i18n.t(said, { name: server.name }))
    return response.redirect().toRoute('server_networks.show', [server.id])
  }
}
