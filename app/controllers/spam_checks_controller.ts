import type { HttpContext } from '@adonisjs/core/http'
import { showSaved } from '#controllers/mailboxes_controller'
import { mailboxesOf } from '#models/account/visible'
import MailboxPolicy from '#policies/mailbox_policy'
import { spamCheck } from '#validators/mail_settings'

/** MAIL-04: level and action of one user. */
export default class SpamChecksController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('editSpamCheck', mailbox)
    const { domain } = mailbox
    return view.render('pages/spam_checks/edit', { mailbox, domain, server: domain.server })
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('editSpamCheck', mailbox)
    const input = await request.validateUsing(spamCheck)
    const { spam_level: level, spam_action: action } = input
    const check = { on: input.spam_check === 'on', level, action }
    const actor = { by: account, ip: request.ip() }
    return showSaved(ctx, mailbox, await mailbox.setSpamCheck(check, actor))
  }
}
