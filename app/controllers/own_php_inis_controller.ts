import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import { ownPhpIni } from '#monitoring/web/site'
import DomainPolicy from '#policies/domain_policy'
import { fieldOf } from '#validators/web'

/**
 * WEB-03: what the customer's own `var/php.ini` says, which has the last word over the panel; asked of the
 * server after the page is there. A piece of a page for scripts, a page for everybody else.
 */
export default class OwnPhpInisController {
  async show({ account, bouncer, params, request, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    const own = await ownPhpIni(domain)
    const page = request.ajax() ? 'partials/own_php_ini' : 'pages/own_php_inis/show'
    return view.render(page, { domain, server: domain.server, own, fieldOf })
  }
}
