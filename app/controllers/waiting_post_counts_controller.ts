import type { HttpContext } from '@adonisjs/core/http'
import { mailingListsOf } from '#models/account/visible'
import { postsOf } from '#monitoring/mail/lists'
import MailingListPolicy from '#policies/mailing_list_policy'

/** MAIL-06: how many posts wait, asked of the server after the list's page is there. */
export default class WaitingPostCountsController {
  async show({ account, bouncer, params, request, response, view }: HttpContext) {
    const mailingList = await mailingListsOf(account)
      .where('id', params.mailing_list_id)
      .firstOrFail()
    await bouncer.with(MailingListPolicy).authorize('moderate', mailingList)
    if (!request.ajax()) return response.redirect().toRoute('waiting_posts.index', [mailingList.id])
    const { value, problem } = await postsOf(mailingList, 'moderation', 1)
    const page = { mailingList, count: value?.total ?? 0, problem }
    return view.render('partials/waiting_post_count', page)
  }
}
