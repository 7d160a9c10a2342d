import type { HttpContext } from '@adonisjs/core/http'
import { mailboxesOf } from '#models/account/visible'
import { clientProfile } from '#models/mailbox/client_profile'
import MailboxPolicy from '#policies/mailbox_policy'

/** Settings that iPhone, iPad and Mac take as a file (MAIL-11). */
export default class ClientProfilesController {
  async show({ account, bouncer, params, response }: HttpContext) {
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('show', mailbox)
    response.header('Content-Type', 'application/x-apple-aspen-config; charset=utf-8')
    response.header('Content-Disposition', `attachment; filename="mail.mobileconfig"`)
    return response.send(clientProfile(mailbox))
  }
}
