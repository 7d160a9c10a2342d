import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import { sidesOf } from '#monitoring/staging'
import StagingPolicy from '#policies/staging_policy'

/** What lies on both sides now: a piece of a page for scripts, a page for everybody else. */
export default class StagingSidesController {
  async show({ account, bouncer, params, request, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(StagingPolicy).authorize('show', domain)
    const sides = await sidesOf(domain)
    const page = request.ajax() ? 'partials/staging_sides' : 'pages/staging_sides/show'
    return view.render(page, { domain, server: domain.server, sides })
  }
}
