import type { HttpContext } from '@adonisjs/core/http'
import { watchedApply } from '#controllers/applies_controller'
import { domainsOf, latestApplyOf } from '#models/account/visible'
import { versionOf } from '#models/mail_address/list'
import Restriction from '#models/restriction'
import { readExempt } from '#models/restriction/exempt'
import { featuresOf, type Feature } from '#models/restriction/feature'
import { restrictionsOfDomain } from '#models/restriction/listing'
import DomainPolicy from '#policies/domain_policy'
import { restriction } from '#validators/restriction'

/** USR-08: what the contractor takes from a domain's people, and what the domain admin takes from users. */
export default class RestrictionsController {
  async index(ctx: HttpContext) {
    const { account, bouncer, params, view } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('restrict', domain)
    const level = Restriction.levelOf({ by: account })
    return view.render('pages/restrictions/index', {
      domain,
      server: domain.server,
      features: featuresOf(level),
      level,
      held: await restrictionsOfDomain(domain.id),
      apply: await watchedApply(ctx),
    })
  }

  async edit({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    const feature: Feature = params.feature
    await bouncer.with(DomainPolicy).authorize('restrictFeature', domain, feature)
    const own = { domainId: domain.id, feature, level: Restriction.levelOf({ by: account }) }
    const present = await Restriction.query().where(own).first()
    const exempt = (await present?.exempt()) ?? []
    const page = { domain, server: domain.server, feature, present, exempt }
    return view.render('pages/restrictions/edit', { ...page, version: versionOf(exempt) })
  }

  async update({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    const feature: Feature = params.feature
    await bouncer.with(DomainPolicy).authorize('restrictFeature', domain, feature)
    const input = await request.validateUsing(restriction)
    const actor = { by: account, ip: request.ip() }
    const wish = { exempt: readExempt(input.exempt, domain), seen: input.loaded }
    const isChanged =
      input.restricted === 'on'
        ? await Restriction.impose(domain, feature, wish, actor)
        : await Restriction.lift(domain, feature, actor)

    const saved = `messages.restrictions.${input.restricted === 'on' ? 'imposed' : 'lifted'}`
    const name = i18n.t(`messages.features.${feature}.name`)
    session.flash('success', i18n.t(isChanged ? saved : 'messages.unchanged', { name }))
    const isApplied = isChanged && feature === 'ssh'
    const qs = isApplied ? { apply: await latestApplyOf(account, domain.serverId) } : {}
    return response.redirect().toRoute('restrictions.index', [domain.id], { qs })
  }
}
