import type { HttpContext } from '@adonisjs/core/http'
import { latestApplyOf, mailboxesOf } from '#models/account/visible'
import { forwardersTo } from '#models/mailbox/forwarders'
import MailboxPolicy from '#policies/mailbox_policy'

export default class MailboxDeletionsController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('destroy', mailbox)
    const { domain } = mailbox
    const forwarders = await forwardersTo([mailbox], domain, account)
    const page = { mailbox, domain, server: domain.server, forwarders }
    return view.render('pages/mailbox_deletions/create', page)
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('destroy', mailbox)
    const { domain } = mailbox
    await mailbox.remove({ by: account, ip: request.ip() })
    const address = `${mailbox.localPart}@${domain.unicodeName}`
    session.flash('success', i18n.t('messages.mailboxes.removed', { address }))
    const apply = await latestApplyOf(account, domain.serverId)
    return response.redirect().toRoute('mailboxes.index', [domain.id], { qs: { apply } })
  }
}
