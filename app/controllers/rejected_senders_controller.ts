import type { HttpContext } from '@adonisjs/core/http'
import { showSaved } from '#controllers/mailboxes_controller'
import { mailboxesOf } from '#models/account/visible'
import { checkSender } from '#models/mail_address'
import { readAddressList, versionOf } from '#models/mail_address/list'
import MailSender from '#models/mail_sender'
import MailboxPolicy from '#policies/mailbox_policy'
import { senderList } from '#validators/mail_settings'

/** MAIL-08: senders from whom one user takes no mail. */
export default class RejectedSendersController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('editRejectedSenders', mailbox)
    const { domain } = mailbox
    const owner = { domainId: domain.id, mailboxId: mailbox.id }
    const patterns = await MailSender.patternsOf(owner, 'reject')
    const page = { mailbox, domain, server: domain.server, patterns, version: versionOf(patterns) }
    return view.render('pages/rejected_senders/edit', page)
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('editRejectedSenders', mailbox)
    const input = await request.validateUsing(senderList)
    const { values } = readAddressList(input.senders, checkSender)
    const actor = { by: account, ip: request.ip() }
    return showSaved(ctx, mailbox, await mailbox.setSenders('reject', values, actor, input.loaded))
  }
}
