import type { HttpContext } from '@adonisjs/core/http'
import { showSaved } from '#controllers/mailboxes_controller'
import { mailboxesOf } from '#models/account/visible'
import MailboxPolicy from '#policies/mailbox_policy'
import { mailboxDescription } from '#validators/mailbox'

/** What a user says about himself in lists; unlike his quota it is his to change (USR-08). */
export default class DescriptionsController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('editDescription', mailbox)
    const { domain } = mailbox
    return view.render('pages/descriptions/edit', { mailbox, domain, server: domain.server })
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('editDescription', mailbox)
    const { description = null } = await request.validateUsing(mailboxDescription)
    const actor = { by: account, ip: request.ip() }
    return showSaved(ctx, mailbox, await mailbox.edit({ description }, actor))
  }
}
