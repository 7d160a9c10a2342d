import type { HttpContext } from '@adonisjs/core/http'
import { mailboxesOf } from '#models/account/visible'
import { searchMailLog } from '#monitoring/mail/log'
import MailboxPolicy from '#policies/mailbox_policy'
import { readMailSearch } from '#validators/mail_search'

/** Where is my mail? Of one user's address only (MAIL-11). */
export default class MailboxMailSearchesController {
  async index({ account, bouncer, params, request, view }: HttpContext) {
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('searchMail', mailbox)
    const { domain } = mailbox
    const search = await readMailSearch(request.qs())
    const found = await searchMailLog({ domain, mailbox }, search)
    return view.render('pages/mailbox_mail_searches/index', {
      mailbox,
      domain,
      server: domain.server,
      search,
      found,
    })
  }
}
