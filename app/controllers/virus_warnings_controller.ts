import type { HttpContext } from '@adonisjs/core/http'
import { showSaved } from '#controllers/mailboxes_controller'
import { mailboxesOf } from '#models/account/visible'
import MailboxPolicy from '#policies/mailbox_policy'
import { virusWarning } from '#validators/mail_settings'

/** MAIL-03: whether the user is told of infected mail that was stopped. */
export default class VirusWarningsController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('editVirusWarning', mailbox)
    const { domain } = mailbox
    return view.render('pages/virus_warnings/edit', { mailbox, domain, server: domain.server })
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('editVirusWarning', mailbox)
    const input = await request.validateUsing(virusWarning)
    const actor = { by: account, ip: request.ip() }
    return showSaved(
      ctx,
      mailbox,
      await mailbox.setVirusWarning(input.virus_warning === 'on', actor)
    )
  }
}
