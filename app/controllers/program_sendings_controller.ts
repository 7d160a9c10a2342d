import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import { programsLock } from '#monitoring/mail/sending_locks'
import DomainPolicy from '#policies/domain_policy'

/**
 * MAIL-11: whether mail of the domain's programs is stopped, asked of the server after the page is there.
 * A piece of a page for scripts, a page for everybody else.
 */
export default class ProgramSendingsController {
  async show({ account, bouncer, params, request, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editMail', domain)
    const lock = await programsLock(domain.server, domain)
    const page = request.ajax() ? 'partials/program_sending' : 'pages/program_sendings/show'
    return view.render(page, { domain, server: domain.server, lock })
  }
}
