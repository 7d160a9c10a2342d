import type { HttpContext } from '@adonisjs/core/http'
import { serversOf } from '#models/account/visible'
import { powerActionsOf, switchingOf } from '#models/server/power'
import ServerPolicy from '#policies/server_policy'
import { serverPower } from '#validators/server'

/** SRV-05: starting, stopping and restarting a server; confirmed first. */
export default class ServerPowersController {
  async create({ account, bouncer, params, request, view }: HttpContext) {
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(ServerPolicy).authorize('power', server)
    const { power } = await request.validateUsing(serverPower, { data: request.qs() })
    return view.render('pages/server_powers/create', {
      server,
      power,
      isPossible: powerActionsOf(server).includes(power) && !(await switchingOf(server)),
      base: '/servers',
    })
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(ServerPolicy).authorize('power', server)
    const { power } = await request.validateUsing(serverPower)
    const task = await server.switchPower(power, { by: account, ip: request.ip() })
    session.flash('success', i18n.t(`messages.servers.power.${power}`, { name: server.name }))
    return response.redirect().toRoute('servers.show', [server.id], { qs: { apply: task.id } })
  }
}
