import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import { makeDomainZone, makeServiceZone } from '#models/zone/exchange'
import { zoneOfDomain } from '#models/zone/of_domain'
import DomainPolicy from '#policies/domain_policy'

/** DOM-04, OPT-10: whether a domain's zone is made by the panel or edited by the customer. */
export default class DomainZonesController {
  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editDns', domain)
    await makeServiceZone(domain, { by: account, ip: request.ip() })
    const zone = await zoneOfDomain(domain).firstOrFail()
    const name = domain.unicodeName
    session.flash('success', i18n.t('messages.basic_dns.became_service', { name }))
    return response.redirect().toRoute('zones.show', [zone.id])
  }

  async edit({ account, bouncer, params, response, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editDns', domain)
    const zone = await zoneOfDomain(domain).where('source', 'service').first()
    if (!zone) return response.redirect().toRoute('basic_dns.show', [domain.id])
    return view.render('pages/domain_zones/edit', { domain, server: domain.server, zone })
  }

  async destroy({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editDns', domain)
    await makeDomainZone(domain, { by: account, ip: request.ip() })
    const name = domain.unicodeName
    session.flash('success', i18n.t('messages.basic_dns.became_basic', { name }))
    return response.redirect().toRoute('basic_dns.show', [domain.id])
  }
}
