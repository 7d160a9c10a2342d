import type { HttpContext } from '@adonisjs/core/http'
import { showSavedMail } from '#controllers/domain_mails_controller'
import { domainsOf } from '#models/account/visible'
import { checkSender } from '#models/mail_address'
import { readAddressList, versionOf } from '#models/mail_address/list'
import MailSender from '#models/mail_sender'
import DomainPolicy from '#policies/domain_policy'
import { senderList } from '#validators/mail_settings'

/** MAIL-05: senders whose mail to any user of the domain is never checked. */
export default class DomainAllowedSendersController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editMail', domain)
    const patterns = await MailSender.patternsOf({ domainId: domain.id, mailboxId: null }, 'allow')
    const page = { domain, server: domain.server, patterns, version: versionOf(patterns) }
    return view.render('pages/domain_allowed_senders/edit', page)
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editMail', domain)
    const input = await request.validateUsing(senderList)
    const { values } = readAddressList(input.senders, checkSender)
    const actor = { by: account, ip: request.ip() }
    return showSavedMail(
      ctx,
      domain,
      await domain.mail.setAllowedSenders(values, actor, input.loaded)
    )
  }
}
