import type { HttpContext } from '@adonisjs/core/http'
import { showSavedMail } from '#controllers/domain_mails_controller'
import { domainsOf } from '#models/account/visible'
import { mostSending } from '#models/domain/mail_settings'
import DomainPolicy from '#policies/domain_policy'
import { sendingLimits } from '#validators/domain_mail'

/** MAIL-11: recipients that each account of the domain may send to. */
export default class SendingLimitsController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editMail', domain)
    const page = { domain, server: domain.server, mostSending }
    return view.render('pages/sending_limits/edit', page)
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editMail', domain)
    const input = await request.validateUsing(sendingLimits)
    const limits = { perHour: input.sending_per_hour, perDay: input.sending_per_day }
    const actor = { by: account, ip: request.ip() }
    return showSavedMail(ctx, domain, await domain.mail.setSendingLimits(limits, actor))
  }
}
