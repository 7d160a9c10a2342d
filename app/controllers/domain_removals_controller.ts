import type { HttpContext } from '@adonisjs/core/http'
import { latestApplyOf, removableDomainsOf } from '#models/account/visible'
import { holdingsOf } from '#models/domain/holdings'
import { isNameOf, refuseTypedName } from '#models/domain/typed_name'
import DomainDeletion from '#models/domain_deletion'
import DomainPolicy from '#policies/domain_policy'
import { domainDeletion } from '#validators/domain'

/** DOM-05: for good and at once, without a grace period or before its end, by who types the name. */
export default class DomainRemovalsController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const domain = await removableDomainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('destroy', domain)
    return view.render('pages/domain_removals/create', {
      domain,
      server: domain.server,
      deletion: await DomainDeletion.findBy('domainId', domain.id),
      holdings: await holdingsOf(domain),
    })
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await removableDomainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('destroy', domain)
    const { name } = await request.validateUsing(domainDeletion)
    const actor = { by: account, ip: request.ip() }
    if (!isNameOf(domain, name)) return refuseTypedName(domain, 'domain_removal.store', actor)

    await domain.remove(actor)
    session.flash('success', i18n.t('messages.domains.removed', { name: domain.unicodeName }))
    const apply = await latestApplyOf(account, domain.serverId)
    return response.redirect().toRoute('servers.show', [domain.serverId], { qs: { apply } })
  }
}
