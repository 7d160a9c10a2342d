import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import { searchMailLog } from '#monitoring/mail/log'
import DomainPolicy from '#policies/domain_policy'
import { readMailSearch } from '#validators/mail_search'

/** Where is my mail? Out of the server's log, of this domain only (MAIL-11). */
export default class MailSearchesController {
  async index({ account, bouncer, params, request, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('searchMail', domain)
    const search = await readMailSearch(request.qs())
    const found = await searchMailLog({ domain, mailbox: null }, search)
    return view.render('pages/mail_searches/index', {
      domain,
      server: domain.server,
      search,
      found,
    })
  }
}
