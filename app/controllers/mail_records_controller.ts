import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import { recordsOf } from '#models/domain/mail_records'
import { checkRecords } from '#monitoring/published_records'
import DomainPolicy from '#policies/domain_policy'

/** MAIL-11: what DNS says about a domain's mail now: a piece of a page for scripts, a page for everybody else. */
export default class MailRecordsController {
  async index({ account, bouncer, params, request, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editMail', domain)
    const records = await checkRecords(recordsOf(domain, domain.server), domain.server)
    const page = request.ajax() ? 'partials/mail_records' : 'pages/mail_records/index'
    return view.render(page, { domain, server: domain.server, records })
  }
}
