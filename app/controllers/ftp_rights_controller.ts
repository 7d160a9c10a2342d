import type { HttpContext } from '@adonisjs/core/http'
import { showSaved } from '#controllers/mailboxes_controller'
import { mailboxesOf } from '#models/account/visible'
import MailboxPolicy from '#policies/mailbox_policy'
import { ftpRight } from '#validators/mailbox'

/** WEB-05: whether a user sees the domain's whole tree by FTP, or his home alone. */
export default class FtpRightsController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('editFtpRight', mailbox)
    const { domain } = mailbox
    return view.render('pages/ftp_rights/edit', { mailbox, domain, server: domain.server })
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('editFtpRight', mailbox)
    const input = await request.validateUsing(ftpRight)
    const actor = { by: account, ip: request.ip() }
    return showSaved(ctx, mailbox, await mailbox.setFtpRight(input.ftp_right === 'on', actor))
  }
}
