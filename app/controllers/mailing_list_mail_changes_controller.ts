import type { HttpContext } from '@adonisjs/core/http'
import { mailingListsOf } from '#models/account/visible'
import { takeOverChanges } from '#monitoring/mail/lists'
import MailingListPolicy from '#policies/mailing_list_policy'

/**
 * MAIL-06: who joined or left by mail since the panel last looked. Asked of the server after the page is there; what
 * it answers is nobody's wish but what happened, so looking takes it over.
 */
export default class MailingListMailChangesController {
  async show({ account, bouncer, params, request, view }: HttpContext) {
    const list = await mailingListsOf(account).where('id', params.mailing_list_id).firstOrFail()
    await bouncer.with(MailingListPolicy).authorize('show', list)
    const changes = await takeOverChanges(list)
    const page = request.ajax()
      ? 'partials/mailing_list_mail_changes'
      : 'pages/mailing_list_mail_changes/show'
    const { domain } = list
    return view.render(page, { mailingList: list, domain, server: domain.server, changes })
  }
}
