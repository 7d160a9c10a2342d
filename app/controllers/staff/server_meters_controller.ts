import type { HttpContext } from '@adonisjs/core/http'
import Server from '#models/server'
import { readMeters } from '#monitoring/meters'
import StaffPolicy from '#policies/staff_policy'

export default class ServerMetersController {
  async show({ bouncer, params, request, response, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const server = await Server.findOrFail(params.server_id)
    const meters = await readMeters(server)
    if (request.accepts(['html', 'json']) === 'json') return response.json(meters)
    const page = request.ajax() ? 'partials/meters' : 'pages/staff/server_meters/show'
    return view.render(page, { server, meters })
  }
}
