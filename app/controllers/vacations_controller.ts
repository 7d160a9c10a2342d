import type { HttpContext } from '@adonisjs/core/http'
import { showSaved } from '#controllers/mailboxes_controller'
import { mailboxesOf } from '#models/account/visible'
import { readDay } from '#models/day'
import MailboxPolicy from '#policies/mailbox_policy'
import { longestVacationText, vacation } from '#validators/mail_settings'

/** An answer that is sent by itself while somebody is away. */
export default class VacationsController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('editVacation', mailbox)
    const { domain } = mailbox
    const page = { mailbox, domain, server: domain.server, longestVacationText }
    return view.render('pages/vacations/edit', page)
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('editVacation', mailbox)
    const input = await request.validateUsing(vacation)
    const wish = {
      on: input.vacation === 'on',
      subject: input.vacation_subject ?? null,
      text: input.vacation_text?.replace(/\r\n?/g, '\n').trimEnd() || null,
      from: readDay(input.vacation_from ?? '') ?? null,
      until: readDay(input.vacation_until ?? '') ?? null,
    }
    const actor = { by: account, ip: request.ip() }
    return showSaved(ctx, mailbox, await mailbox.setVacation(wish, actor))
  }
}
