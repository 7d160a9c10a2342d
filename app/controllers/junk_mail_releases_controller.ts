import type { HttpContext } from '@adonisjs/core/http'
import { Refusal } from '#exceptions/refusals'
import { mailboxesOf } from '#models/account/visible'
import type { Actor } from '#models/actor'
import { checkSender } from '#models/mail_address'
import type Mailbox from '#models/mailbox'
import { Restrictions } from '#models/restriction/restrictions'
import { releaseJunk, type JunkMail } from '#monitoring/mail/junk'
import { refusalFor } from '#monitoring/questions'
import MailboxPolicy from '#policies/mailbox_policy'
import { chosenJunk } from '#validators/junk_mail'

/** MAIL-04: out of quarantine into the inbox. */
export default class JunkMailReleasesController {
  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('handleJunk', mailbox)
    const { validity, uids = [], allow = false } = await request.validateUsing(chosenJunk)
    if (uids.length === 0) throw new Refusal('no_junk_chosen')

    const actor = { by: account, ip: request.ip() }
    if (allow) {
      const restrictions = await Restrictions.of(mailbox.domain, actor)
      restrictions.refuse('spam_check', mailbox)
    }
    const { value: released, problem } = await releaseJunk(mailbox, { validity, uids }, actor)
    if (problem) throw refusalFor(problem)
    if (allow) await allowSendersOf(released, mailbox, actor)
    session.flash('success', i18n.t('messages.junk_mails.released', { count: released.length }))
    return response.redirect().toRoute('junk_mails.index', [mailbox.id])
  }
}

/** MAIL-05. A From line can say anything; what is no address is left out. */
async function allowSendersOf(released: readonly JunkMail[], mailbox: Mailbox, actor: Actor) {
  const checked = released.map(({ address }) => checkSender(address))
  const patterns = checked.flatMap((each) =>
    'problem' in each || !each.value.includes('@') ? [] : [each.value]
  )
  if (patterns.length > 0) await mailbox.allowSenders(patterns, actor)
}
