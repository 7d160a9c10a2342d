import type { HttpContext } from '@adonisjs/core/http'
import { watchedApply } from '#controllers/applies_controller'
import { domainsOf, latestApplyOf } from '#models/account/visible'
import type Domain from '#models/domain'
import { covers, setWaf, wafModes, wafOf, wafPrograms } from '#models/domain/waf'
import { wafLevels, type WafLevel } from '#models/domain/waf_rule'
import WafException from '#models/waf_exception'
import { wafEventsOf } from '#monitoring/web/waf_events'
import DomainPolicy from '#policies/domain_policy'
import { readWafSearch, waf } from '#validators/waf'

/** OPT-12: a domain's WAF, and what it noted. */
export default class WafsController {
  async show(ctx: HttpContext) {
    const { account, bouncer, params, request, view } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    const search = await readWafSearch(request.qs())
    const exceptions = await WafException.of(domain.id)
    return view.render('pages/wafs/show', {
      ...{ domain, server: domain.server, settings: wafOf(domain), search, exceptions },
      // Nothing is known of a site that never had one
      found: domain.wafMode === null ? null : await wafEventsOf(domain, search),
      isExcepted: (rule: number, path: string) =>
        exceptions.some((each) => each.rule === rule && covers(each.path, path)),
      apply: await watchedApply(ctx),
    })
  }

  async edit({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    const choices = { modes: wafModes, levels: wafLevels, programs: wafPrograms }
    const page = { domain, server: domain.server, settings: wafOf(domain) }
    return view.render('pages/wafs/edit', { ...page, ...choices })
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    const { mode, level, program } = await request.validateUsing(waf)
    const wish = { mode, level: Number(level) as WafLevel, program }
    const isChanged = await setWaf(domain, wish, { by: account, ip: request.ip() })
    return showWaf(ctx, domain, isChanged, 'messages.waf.edited')
  }
}

/** Where each change of it leads; without one there is no apply to watch. */
export async function showWaf(ctx: HttpContext, domain: Domain, isChanged: boolean, said: string) {
  const { account, i18n, response, session } = ctx
  const name = domain.unicodeName
  session.flash('success', i18n.t(isChanged ? said : 'messages.unchanged', { name }))
  const qs = isChanged ? { apply: await latestApplyOf(account, domain.serverId) } : {}
  return response.redirect().toRoute('wafs.show', [domain.id], { qs })
}
