import type { HttpContext } from '@adonisjs/core/http'
import { Refusal } from '#exceptions/refusals'
import { domainsOf, latestApplyOf } from '#models/account/visible'
import type Domain from '#models/domain'
import { mailboxCountOf } from '#models/mailbox/listing'
import { refuse } from '#models/operation'
import DomainPolicy from '#policies/domain_policy'
import { domainDeletion } from '#validators/domain'

/** DOM-05: deleted only by who types its name. */
export default class DomainDeletionsController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('destroy', domain)
    return view.render('pages/domain_deletions/create', {
      domain,
      server: domain.server,
      mailboxes: await mailboxCountOf(domain.id),
    })
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('destroy', domain)
    const { name } = await request.validateUsing(domainDeletion)
    const actor = { by: account, ip: request.ip() }
    if (!isNameOf(domain, name)) {
      const operation = {
        action: 'domain.destroy',
        target: domain.unicodeName,
        domainId: domain.id,
      }
      return refuse(actor, operation, new Refusal('name_typed_differs', 'name'))
    }

    await domain.remove(actor)
    session.flash('success', i18n.t('messages.domains.removed', { name: domain.unicodeName }))
    const apply = await latestApplyOf(account, domain.serverId)
    return response.redirect().toRoute('servers.show', [domain.serverId], { qs: { apply } })
  }
}

function isNameOf(domain: Domain, typed: string) {
  const name = typed.trim().normalize('NFKC').toLowerCase()
  return name === domain.name || name === domain.unicodeName.normalize('NFKC').toLowerCase()
}
