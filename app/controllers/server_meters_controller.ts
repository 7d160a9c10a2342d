import type { HttpContext } from '@adonisjs/core/http'
import { serversOf } from '#models/account/visible'
import { readMeters } from '#monitoring/meters'
import ServerPolicy from '#policies/server_policy'

/** CPU, memory and disk now (PNL-03): a piece of a page for scripts, a page for everybody else. */
export default class ServerMetersController {
  async show({ account, bouncer, params, request, response, view }: HttpContext) {
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(ServerPolicy).authorize('show', server)

    const meters = await readMeters(server)
    if (request.accepts(['html', 'json']) === 'json') return response.json(meters)
    const page = request.ajax() ? 'partials/meters' : 'pages/server_meters/show'
    return view.render(page, { server, meters })
  }
}
