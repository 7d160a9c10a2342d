import type { HttpContext } from '@adonisjs/core/http'
import BasicDns from '#models/basic_dns'
import { domainsOf } from '#models/account/visible'
import { zoneOfDomain } from '#models/zone/of_domain'
import { answeredZones, delegationOf, wantedNameServers } from '#monitoring/delegation'
import DomainPolicy from '#policies/domain_policy'

/** DOM-04: what the world is answered for a domain now: a piece of a page for scripts, a page for everybody else. */
export default class DelegationsController {
  async show({ account, bouncer, params, request, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('show', domain)
    const { pattern } = await BasicDns.choiceOf(domain)
    const zone = await zoneOfDomain(domain).first()
    const lines = zone && zone.source === 'domain' ? await zone.related('records').query() : []
    const [delegation, answers] = await Promise.all([
      delegationOf(domain.name, pattern),
      zone ? answeredZones(domain, zone, lines) : [],
    ])
    const page = request.ajax() ? 'partials/delegation' : 'pages/delegations/show'
    const facts = { domain, server: domain.server, zone, pattern, delegation, answers }
    return view.render(page, { ...facts, wanted: wantedNameServers(pattern) })
  }
}
