import type { HttpContext } from '@adonisjs/core/http'
import { mailboxesOf } from '#models/account/visible'
import MailboxPolicy from '#policies/mailbox_policy'

/** How a mail client is set up for one user, step by step (MAIL-11). */
export default class ClientSetupsController {
  async show({ account, bouncer, params, view }: HttpContext) {
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('show', mailbox)
    const { domain } = mailbox
    return view.render('pages/client_setups/show', { mailbox, domain, server: domain.server })
  }
}
