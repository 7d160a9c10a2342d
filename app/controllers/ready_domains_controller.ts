import type { HttpContext } from '@adonisjs/core/http'
import { defaultDomainQuotaMb, readySuffixes } from '#config/domains'
import { latestApplyOf, serversOf } from '#models/account/visible'
import { hashSshPassword } from '#models/account/password'
import Domain from '#models/domain'
import DomainPolicy from '#policies/domain_policy'
import { newReadyDomain } from '#validators/domain'

/** DOM-02: a label below one of the provider's names, which needs no domain of one's own. */
export default class ReadyDomainsController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('create', server)
    return view.render('pages/ready_domains/create', {
      server,
      suffixes: readySuffixes,
      defaultDomainQuotaMb,
    })
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('create', server)
    const input = await request.validateUsing(newReadyDomain, {
      meta: { mostMb: server.diskGb * 1024 },
    })
    const ascii = `${input.label}.${input.suffix}`
    const domain = await Domain.add(
      server,
      {
        kind: 'ready',
        name: { ascii, unicode: ascii },
        quotaMb: input.quota_mb,
        adminPasswordHash: await hashSshPassword(input.password),
      },
      { by: account, ip: request.ip() }
    )
    session.flash('success', i18n.t('messages.domains.added', { name: domain.unicodeName }))
    const apply = await latestApplyOf(account, server.id)
    return response.redirect().toRoute('domains.show', [domain.id], { qs: { apply } })
  }
}
