import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import { databasesOfDomain } from '#models/database/listing'
import { databaseSizes } from '#monitoring/databases/sizes'
import { domainUsage } from '#monitoring/mail/usage'
import DatabasePolicy from '#policies/database_policy'

/** What databases take (WEB-04, PNL-05), asked of the server when the page is there: a piece of a page, or a page. */
export default class DatabaseSizesController {
  async index({ account, bouncer, params, request, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DatabasePolicy).authorize('index', domain)
    const databases = await databasesOfDomain(domain.id)
    const names = databases.map(({ name }) => name)
    const [answer, usage] = await Promise.all([
      databaseSizes(domain.server, domain, names),
      domainUsage(domain.server, domain),
    ])
    const page = request.ajax() ? 'partials/database_sizes' : 'pages/database_sizes/index'
    return view.render(page, { domain, server: domain.server, databases, answer, usage })
  }
}
