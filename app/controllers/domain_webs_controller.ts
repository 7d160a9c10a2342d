import type { HttpContext } from '@adonisjs/core/http'
import { watchedApply } from '#controllers/applies_controller'
import { domainsOf, latestApplyOf } from '#models/account/visible'
import { countDatabases } from '#models/database/listing'
import type Domain from '#models/domain'
import DomainPolicy from '#policies/domain_policy'

/** How a domain's site runs: the settings of the web, each with where it is changed. */
export default class DomainWebsController {
  async show(ctx: HttpContext) {
    const { account, bouncer, params, view } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    return view.render('pages/domain_webs/show', {
      domain,
      server: domain.server,
      databaseCount: await countDatabases(domain.id),
      apply: await watchedApply(ctx),
    })
  }
}

/** Where each of these settings leads when it is saved; without a change there is no apply to watch. */
export async function showSavedWeb(
  ctx: HttpContext,
  domain: Domain,
  isChanged: boolean,
  saved = 'messages.domains.web_edited'
) {
  const { account, i18n, response, session } = ctx
  const name = domain.unicodeName
  const said = isChanged ? saved : 'messages.unchanged'
  session.flash('success', i18n.t(said, { name }))
  const qs = isChanged ? { apply: await latestApplyOf(account, domain.serverId) } : {}
  return response.redirect().toRoute('domain_webs.show', [domain.id], { qs })
}
