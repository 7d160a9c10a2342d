import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf, latestApplyOf } from '#models/account/visible'
import { logDays } from '#models/domain/log_settings'
import DomainPolicy from '#policies/domain_policy'
import { logRetention } from '#validators/web_log'

/** ALOG-01: how long a domain's logs are kept. */
export default class LogRetentionsController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    return view.render('pages/log_retentions/edit', { domain, server: domain.server, logDays })
  }

  async update({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    const input = await request.validateUsing(logRetention)
    const isChanged = await domain.setLogDays(input.log_days, { by: account, ip: request.ip() })
    const said = isChanged ? 'messages.domains.log_days_edited' : 'messages.unchanged'
    session.flash('success', i18n.t(said, { name: domain.unicodeName }))
    const qs = isChanged ? { apply: await latestApplyOf(account, domain.serverId) } : {}
    return response.redirect().toRoute('web_logs.index', [domain.id], { qs })
  }
}
