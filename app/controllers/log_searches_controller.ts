import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import { searchWebLog } from '#monitoring/web_logs/search'
import DomainPolicy from '#policies/domain_policy'
import { readLogSearch } from '#validators/web_log'

/** ALOG-01: lines of a domain's logs by text, status and address. */
export default class LogSearchesController {
  async index({ account, bouncer, params, request, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('seeLogs', domain)
    const { search, mistakes } = await readLogSearch(request.qs())
    const found = mistakes.length === 0 ? await searchWebLog(domain, search) : null
    const page = { domain, server: domain.server, search, mistakes, found }
    return view.render('pages/log_searches/index', page)
  }
}
