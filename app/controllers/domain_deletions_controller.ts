import type { HttpContext } from '@adonisjs/core/http'
import { deletionGraceDays } from '#config/domains'
import { domainDeletionsOf, domainsOf, latestApplyOf } from '#models/account/visible'
import { watchedApply } from '#controllers/applies_controller'
import { holdingsOf } from '#models/domain/holdings'
import DomainDeletion from '#models/domain_deletion'
import { waitingDeletions } from '#models/domain_deletion/listing'
import { isNameOf, refuseTypedName } from '#models/domain/typed_name'
import DomainPolicy from '#policies/domain_policy'
import { domainDeletion } from '#validators/domain'
import { readList } from '#validators/list'

/** DOM-05: deleted only by who types its name; until the end of its grace period it can be restored. */
export default class DomainDeletionsController {
  async index({ account, bouncer, request, view }: HttpContext) {
    await bouncer.with(DomainPolicy).authorize('index')
    const list = await readList(request.qs(), ['ends'])
    const deletions = await waitingDeletions(list.page, account)
    return view.render('pages/domain_deletions/index', { list, deletions, deletionGraceDays })
  }

  async create({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('destroy', domain)
    return view.render('pages/domain_deletions/create', {
      domain,
      server: domain.server,
      holdings: await holdingsOf(domain),
      deletionGraceDays,
    })
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('destroy', domain)
    const { name } = await request.validateUsing(domainDeletion)
    const actor = { by: account, ip: request.ip() }
    if (!isNameOf(domain, name)) return refuseTypedName(domain, 'domain.destroy', actor)

    await DomainDeletion.request(domain, actor)
    session.flash('success', i18n.t('messages.domains.leaving', { name: domain.unicodeName }))
    const deletion = await domainDeletionsOf(account).where('domain_id', domain.id).firstOrFail()
    const apply = await latestApplyOf(account, domain.serverId)
    return response.redirect().toRoute('domain_deletions.show', [deletion.id], { qs: { apply } })
  }

  async show(ctx: HttpContext) {
    const { account, bouncer, params, view } = ctx
    const deletion = await domainDeletionsOf(account).where('id', params.id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('restore', deletion)
    const { domain } = deletion
    return view.render('pages/domain_deletions/show', {
      deletion,
      domain,
      server: domain.server,
      holdings: await holdingsOf(domain),
      apply: await watchedApply(ctx),
    })
  }

  async destroy({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const deletion = await domainDeletionsOf(account).where('id', params.id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('restore', deletion)
    const { domain } = deletion
    await deletion.restore({ by: account, ip: request.ip() })
    session.flash('success', i18n.t('messages.domains.restored', { name: domain.unicodeName }))
    const apply = await latestApplyOf(account, domain.serverId)
    return response.redirect().toRoute('domains.show', [domain.id], { qs: { apply } })
  }
}
