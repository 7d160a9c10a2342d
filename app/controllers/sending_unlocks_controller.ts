import type { HttpContext } from '@adonisjs/core/http'
import { latestApplyOf, mailboxesOf } from '#models/account/visible'
import MailboxPolicy from '#policies/mailbox_policy'

/** MAIL-11: an account that had sent too much may send again. */
export default class SendingUnlocksController {
  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('unlockSending', mailbox)
    await mailbox.unlockSending({ by: account, ip: request.ip() })
    const address = `${mailbox.localPart}@${mailbox.domain.unicodeName}`
    session.flash('success', i18n.t('messages.mailboxes.sending_unlocked', { address }))
    const apply = await latestApplyOf(account, mailbox.domain.serverId)
    return response.redirect().toRoute('mailboxes.show', [mailbox.id], { qs: { apply } })
  }
}
