import type { HttpContext } from '@adonisjs/core/http'
import { latestApplyOf, serversOf } from '#models/account/visible'
import { webPorts } from '#models/domain/web_port'
import { domainsToSwitch, phpUsage, switchPhp } from '#models/server/php_switch'
import ServerPolicy from '#policies/server_policy'
import { phpSwitch } from '#validators/web'

/** WEB-03: one PHP version is replaced by another on all domains of a server. */
export default class PhpSwitchesController {
  /** What was chosen comes in the address, and is shown with the domains that it means before anything changes. */
  async create({ account, bouncer, params, request, view }: HttpContext) {
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(ServerPolicy).authorize('switchPhp', server)
    const data = request.qs()
    if (Object.keys(data).length === 0) {
      const page = { server, usage: await phpUsage(server), ports: webPorts }
      return view.render('pages/php_switches/create', page)
    }
    const meta = { versions: server.availablePhpVersions }
    const wish = await request.validateUsing(phpSwitch, { data, meta })
    const domains = await domainsToSwitch(server, wish)
    return view.render('pages/php_switches/confirm', { server, wish, domains })
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(ServerPolicy).authorize('switchPhp', server)
    const meta = { versions: server.availablePhpVersions }
    const wish = await request.validateUsing(phpSwitch, { meta })
    const count = await switchPhp(server, wish, { by: account, ip: request.ip() })
    const said = count ? 'messages.php_switches.done' : 'messages.php_switches.none'
    session.flash('success', i18n.t(said, { count, from: wish.from, to: wish.to }))
    const qs = count ? { apply: await latestApplyOf(account, server.id) } : {}
    return response.redirect().toRoute('servers.show', [server.id], { qs })
  }
}
