import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf, latestApplyOf } from '#models/account/visible'
import { setDiskQuota } from '#models/domain/disk_quota'
import { domainUsage } from '#monitoring/mail/usage'
import DomainPolicy from '#policies/domain_policy'
import { diskQuota } from '#validators/domain'

/** PNL-05: how much of the server's disk a domain may take. */
export default class DiskQuotasController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editQuota', domain)
    const usage = await domainUsage(domain.server, domain)
    return view.render('pages/disk_quotas/edit', { domain, server: domain.server, usage })
  }

  async update({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editQuota', domain)
    const meta = { mostMb: domain.server.diskGb * 1024 }
    const { quota_mb: quotaMb } = await request.validateUsing(diskQuota, { meta })
    const usage = await domainUsage(domain.server, domain)
    const actor = { by: account, ip: request.ip() }
    const isChanged = await setDiskQuota(domain, quotaMb, usage?.usedBytes ?? null, actor)
    const said = isChanged ? 'messages.domains.disk_quota_edited' : 'messages.unchanged'
    session.flash('success', i18n.t(said, { name: domain.unicodeName }))
    const qs = isChanged ? { apply: await latestApplyOf(account, domain.serverId) } : {}
    return response.redirect().toRoute('domains.show', [domain.id], { qs })
  }
}
