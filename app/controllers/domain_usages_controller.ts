import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import { domainUsage } from '#monitoring/mail/usage'
import DomainPolicy from '#policies/domain_policy'

/** What a domain takes of its share of the disk (PNL-05): a piece of a page for scripts, a page for everybody else. */
export default class DomainUsagesController {
  async show({ account, bouncer, params, request, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('show', domain)
    const usage = await domainUsage(domain.server, domain)
    const page = request.ajax() ? 'partials/domain_usage' : 'pages/domain_usages/show'
    return view.render(page, { domain, server: domain.server, usage })
  }
}
