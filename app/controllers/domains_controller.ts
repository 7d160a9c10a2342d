import type { HttpContext } from '@adonisjs/core/http'
import { defaultDomainQuotaMb } from '#config/domains'
import { watchedApply } from '#controllers/applies_controller'
import { currentAnnouncements } from '#models/announcement/reading'
import { domainsOf, latestApplyOf, namesakesOf, serversOf } from '#models/account/visible'
import { hashSshPassword } from '#models/account/password'
import Domain from '#models/domain'
import { domainsOfContract, domainSorts } from '#models/domain/listing'
import { stateOfDomain } from '#models/domain/state'
import { mailboxCountOf } from '#models/mailbox/listing'
import { isSshForbidden } from '#models/restriction/listing'
import DomainPolicy from '#policies/domain_policy'
import { newDomain } from '#validators/domain'
import { readList } from '#validators/list'

export default class DomainsController {
  async index({ account, bouncer, request, view }: HttpContext) {
    await bouncer.with(DomainPolicy).authorize('index')
    const list = await readList(request.qs(), domainSorts)
    const domains = await domainsOfContract(account, list)
    return view.render('pages/domains/index', { list, domains })
  }

  async create({ account, bouncer, params, view }: HttpContext) {
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('create', server)
    return view.render('pages/domains/create', { server, defaultDomainQuotaMb })
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('create', server)
    const input = await request.validateUsing(newDomain, {
      meta: { mostMb: server.diskGb * 1024 },
    })

    const domain = await Domain.add(
      server,
      {
        name: input.name,
        quotaMb: input.quota_mb,
        adminPasswordHash: await hashSshPassword(input.password),
      },
      { by: account, ip: request.ip() }
    )
    session.flash('success', i18n.t('messages.domains.added', { name: domain.unicodeName }))
    const apply = await latestApplyOf(account, server.id)
    return response.redirect().toRoute('domains.show', [domain.id], { qs: { apply } })
  }

  async show(ctx: HttpContext) {
    const { account, bouncer, params, view } = ctx
    const domain = await domainsOf(account).where('id', params.id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('show', domain)
    return view.render('pages/domains/show', {
      domain,
      server: domain.server,
      announcements: account.isDomainAdmin ? await currentAnnouncements(account) : [],
      others: await namesakesOf(account, domain),
      domainState: stateOfDomain(domain),
      mailboxes: await mailboxCountOf(domain.id),
      sshForbidden: await isSshForbidden(domain.id),
      apply: await watchedApply(ctx),
    })
  }
}
