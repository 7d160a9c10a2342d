import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import { htaccessGroups, htaccessOptions } from '#models/domain/htaccess_directive'
import DomainPolicy from '#policies/domain_policy'

/** WEB-01: what a customer may write into `.htaccess`. */
export default class HtaccessDirectivesController {
  async index({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    const page = { domain, server: domain.server, groups: htaccessGroups, options: htaccessOptions }
    return view.render('pages/htaccess_directives/index', page)
  }
}
