import type { HttpContext } from '@adonisjs/core/http'
import { showSavedMail } from '#controllers/domain_mails_controller'
import { domainsOf } from '#models/account/visible'
import { Refusal } from '#exceptions/refusals'
import { certificateOf } from '#monitoring/mail/certificate'
import DomainPolicy from '#policies/domain_policy'
import { mtaStsPolicy } from '#validators/domain_mail'

/** MAIL-11 (RFC 8461): whether others must use TLS to send to the domain. */
export default class MtaStsPoliciesController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editMail', domain)
    return view.render('pages/mta_sts_policies/edit', { domain, server: domain.server })
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editMail', domain)
    const input = await request.validateUsing(mtaStsPolicy)
    if (input.mta_sts === 'enforce' && (await certificateOf(domain.server)) === 'untrusted') {
      throw new Refusal('certificate_is_untrusted', 'mta_sts', { hostname: domain.server.hostname })
    }
    const actor = { by: account, ip: request.ip() }
    return showSavedMail(ctx, domain, await domain.mail.setMtaSts(input.mta_sts, actor))
  }
}
