import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf, latestApplyOf } from '#models/account/visible'
import { today } from '#models/day'
import type Domain from '#models/domain'
import { logDays } from '#models/domain/log_settings'
import { outlived } from '#models/domain/web_log'
import { webLogFilesOf } from '#monitoring/web_logs/files'
import DomainPolicy from '#policies/domain_policy'
import { logRetention, readFewerDays } from '#validators/web_log'

/** ALOG-01: how long a domain's logs are kept. */
export default class LogRetentionsController {
  async edit({ account, bouncer, params, request, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    const fewer = await readFewerDays(request.qs(), domain.logDays)
    const losses = fewer === null ? null : await lossesOf(domain, fewer)
    const page = { domain, server: domain.server, logDays, fewer, losses }
    return view.render(`pages/log_retentions/${fewer === null ? 'edit' : 'confirm'}`, page)
  }

  async update({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    const input = await request.validateUsing(logRetention)
    // Logs that go cannot be brought back, so what goes is shown first.
    if (input.log_days < domain.logDays && input.confirmed !== input.log_days) {
      const qs = { log_days: input.log_days }
      return response.redirect().toRoute('log_retentions.edit', [domain.id], { qs })
    }
    const isChanged = await domain.setLogDays(input.log_days, { by: account, ip: request.ip() })
    const said = isChanged ? 'messages.domains.log_days_edited' : 'messages.unchanged'
    session.flash('success', i18n.t(said, { name: domain.unicodeName }))
    const qs = isChanged ? { apply: await latestApplyOf(account, domain.serverId) } : {}
    return response.redirect().toRoute('web_logs.index', [domain.id], { qs })
  }
}

/** Files that go; without an answer of the server nobody knows which. */
async function lossesOf(domain: Domain, days: number) {
  const { value: files } = await webLogFilesOf(domain)
  if (!files) return null
  const gone = outlived(files, days, today())
  const dates = gone.flatMap(({ day }) => day ?? []).toSorted()
  const bytes = gone.reduce((sum, file) => sum + file.bytes, 0)
  return { count: gone.length, bytes, first: dates[0], last: dates.at(-1) }
}
