import type { HttpContext } from '@adonisjs/core/http'
import { showSaved } from '#controllers/mailboxes_controller'
import { mailboxesOf } from '#models/account/visible'
import MailboxPolicy from '#policies/mailbox_policy'
import { userScript } from '#validators/mail_settings'

/** MAIL-09: whether the user's own program gets each message. */
export default class UserScriptsController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('editUserScript', mailbox)
    const { domain } = mailbox
    return view.render('pages/user_scripts/edit', { mailbox, domain, server: domain.server })
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('editUserScript', mailbox)
    const input = await request.validateUsing(userScript)
    const actor = { by: account, ip: request.ip() }
    return showSaved(ctx, mailbox, await mailbox.setUserScript(input.user_script === 'on', actor))
  }
}
