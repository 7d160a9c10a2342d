import type { HttpContext } from '@adonisjs/core/http'
import { Refusal } from '#exceptions/refusals'
import { mailboxesOf } from '#models/account/visible'
import { chosenJunkOf, deleteJunk } from '#monitoring/mail/junk'
import { refusalFor } from '#monitoring/questions'
import MailboxPolicy from '#policies/mailbox_policy'
import { chosenJunk } from '#validators/junk_mail'

/** MAIL-04: out of quarantine for good; asked once more before. */
export default class JunkMailDeletionsController {
  async store({ account, bouncer, i18n, params, request, response, session, view }: HttpContext) {
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('handleJunk', mailbox)
    const { validity, uids = [], confirmed } = await request.validateUsing(chosenJunk)
    if (uids.length === 0) throw new Refusal('no_junk_chosen')
    if (!confirmed) {
      const { domain } = mailbox
      const { value: messages, problem } = await chosenJunkOf(mailbox, { validity, uids })
      if (problem) throw refusalFor(problem)
      if (messages.length === 0) throw new Refusal('junk_is_gone')
      const shown = { mailbox, domain, server: domain.server, validity, messages }
      return view.render('pages/junk_mail_deletions/create', shown)
    }

    const actor = { by: account, ip: request.ip() }
    const { value: deleted, problem } = await deleteJunk(mailbox, { validity, uids }, actor)
    if (problem) throw refusalFor(problem)
    session.flash('success', i18n.t('messages.junk_mails.deleted', { count: deleted }))
    return response.redirect().toRoute('junk_mails.index', [mailbox.id])
  }
}
