import type { HttpContext } from '@adonisjs/core/http'
import { showSavedWeb } from '#controllers/domain_webs_controller'
import { domainsOf } from '#models/account/visible'
import { webPorts } from '#models/domain/web_port'
import DomainPolicy from '#policies/domain_policy'
import { phpVersions } from '#validators/web'

/** WEB-03: the PHP version of each of a site's four ports. */
export default class PhpVersionsController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    const page = { domain, server: domain.server, ports: webPorts }
    return view.render('pages/php_versions/edit', page)
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    const versions = domain.server.availablePhpVersions
    const input = await request.validateUsing(phpVersions, { meta: { versions } })
    const actor = { by: account, ip: request.ip() }
    return showSavedWeb(ctx, domain, await domain.web.setPhpVersions(input, actor))
  }
}
