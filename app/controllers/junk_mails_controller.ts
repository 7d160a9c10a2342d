import type { HttpContext } from '@adonisjs/core/http'
import { mailboxesOf } from '#models/account/visible'
import { junkOf, junkPerPage } from '#monitoring/mail/junk'
import MailboxPolicy from '#policies/mailbox_policy'
import { readList } from '#validators/list'

/** MAIL-04: what lies in quarantine (JunkMail). Subject and sender only; nobody reads a message here. */
export default class JunkMailsController {
  async index({ account, bouncer, params, request, view }: HttpContext) {
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('handleJunk', mailbox)
    const { domain } = mailbox
    const list = await readList(request.qs(), [''])
    const junk = await junkOf(mailbox, list.page)
    return view.render('pages/junk_mails/index', {
      mailbox,
      domain,
      server: domain.server,
      list,
      junk,
      page: pageOf(junk.value?.total ?? 0, list.page),
    })
  }
}

function pageOf(total: number, page: number) {
  const lastPage = Math.max(1, Math.ceil(total / junkPerPage))
  const from = Math.min(total, (page - 1) * junkPerPage + 1)
  return { total, page, lastPage, from, to: Math.min(total, page * junkPerPage) }
}
