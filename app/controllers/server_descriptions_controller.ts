import type { HttpContext } from '@adonisjs/core/http'
import { serversOf } from '#models/account/visible'
import ServerPolicy from '#policies/server_policy'
import { serverDescription } from '#validators/contract'

/** PNL-13 サーバの説明文変更. */
export default class ServerDescriptionsController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(ServerPolicy).authorize('describe', server)
    return view.render('pages/server_descriptions/edit', { server })
  }

  async update({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(ServerPolicy).authorize('describe', server)
    const { server_description: description = null } =
      await request.validateUsing(serverDescription)
    await server.describe(description, { by: account, ip: request.ip() })
    session.flash('success', i18n.t('messages.servers.described', { name: server.name }))
    return response.redirect().toRoute('servers.show', [server.id])
  }
}
