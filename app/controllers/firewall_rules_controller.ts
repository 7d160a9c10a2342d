import type { HttpContext } from '@adonisjs/core/http'
import { mostSources, type GuardedPort } from '#config/networks'
import { latestApplyOf, serversOf } from '#models/account/visible'
import FirewallRule from '#models/firewall_rule'
import { readSources } from '#models/ip_source/list'
import { versionOf } from '#models/mail_address/list'
import ServerPolicy from '#policies/server_policy'
import { firewallRule } from '#validators/ip_source'

/** NET-03 サーバファイアウォール: from where one port may be reached. */
export default class FirewallRulesController {
  async edit({ account, bouncer, params, request, view }: HttpContext) {
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(ServerPolicy).authorize('changeNetwork', server)
    const sources = await FirewallRule.sourcesOf(server.id, params.port)
    return view.render('pages/firewall_rules/edit', {
      server,
      sources,
      port: params.port,
      most: mostSources,
      version: versionOf(sources),
      ip: request.ip(),
    })
  }

  async update({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(ServerPolicy).authorize('changeNetwork', server)
    const typed = await request.validateUsing(firewallRule)
    const { values: sources } = readSources(typed.sources)
    const acceptsLockOut = typed.accepts_lock_out?.includes('on') ?? false
    const port: GuardedPort = params.port
    const wish = { sources, seen: typed.loaded, acceptsLockOut }
    const isChanged = await FirewallRule.replace(server, port, wish, {
      by: account,
      ip: request.ip(),
    })
    const saved = sources.length === 0 ? 'port_opened' : 'port_limited'
    const said = isChanged ? `messages.servers.${saved}` : 'messages.unchanged'
    session.flash('success', i18n.t(said, { port, count: sources.length }))
    const qs = isChanged ? { apply: await latestApplyOf(account, server.id) } : {}
    return response.redirect().toRoute('server_networks.show', [server.id], { qs })
  }
}
