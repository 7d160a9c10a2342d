import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf, latestApplyOf } from '#models/account/visible'
import DomainPolicy from '#policies/domain_policy'

/** A domain that is suspended answers 503 and takes no mail; nothing of it is lost. */
export default class SuspensionsController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('suspend', domain)
    return view.render('pages/suspensions/create', { domain, server: domain.server })
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('suspend', domain)
    await domain.suspend({ by: account, ip: request.ip() })
    session.flash('success', i18n.t('messages.domains.suspended', { name: domain.unicodeName }))
    const apply = await latestApplyOf(account, domain.serverId)
    return response.redirect().toRoute('domains.show', [domain.id], { qs: { apply } })
  }

  async destroy({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('suspend', domain)
    await domain.resume({ by: account, ip: request.ip() })
    session.flash('success', i18n.t('messages.domains.resumed', { name: domain.unicodeName }))
    const apply = await latestApplyOf(account, domain.serverId)
    return response.redirect().toRoute('domains.show', [domain.id], { qs: { apply } })
  }
}
