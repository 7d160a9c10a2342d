import type { HttpContext } from '@adonisjs/core/http'
import { showSavedWeb } from '#controllers/domain_webs_controller'
import { Refusal } from '#exceptions/refusals'
import { domainsOf } from '#models/account/visible'
import { errorStatuses } from '#models/domain/error_page'
import { versionOfStored } from '#models/domain/web_settings'
import { missingPages } from '#monitoring/web/site'
import DomainPolicy from '#policies/domain_policy'
import { errorPages, errorPagesOf } from '#validators/web'

/** WEB-01: pages of the customer's own for what goes wrong. */
export default class ErrorPagesController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    const { errorPages: pages } = domain.web
    const page = { domain, server: domain.server, statuses: errorStatuses, pages }
    const version = versionOfStored(domain.errorPages)
    return view.render('pages/error_pages/edit', { ...page, version })
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    const input = await request.validateUsing(errorPages)
    const pages = errorPagesOf(input)
    // A server that does not answer is no reason to refuse: what is not there is replaced by its own page
    const { value: missing = [] } = await missingPages(domain, pages)
    const status = errorStatuses.find((each) => missing.includes(pages[each] ?? ''))
    if (status) {
      throw new Refusal('error_page_is_missing', `page_${status}`, { path: `html${pages[status]}` })
    }
    const actor = { by: account, ip: request.ip() }
    return showSavedWeb(ctx, domain, await domain.web.setErrorPages(pages, actor, input.loaded))
  }
}
