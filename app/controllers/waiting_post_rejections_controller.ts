import type { HttpContext } from '@adonisjs/core/http'
import { Refusal } from '#exceptions/refusals'
import { mailingListsOf } from '#models/account/visible'
import { postOf, rejectPost } from '#monitoring/mail/lists'
import { refusalFor } from '#monitoring/questions'
import MailingListPolicy from '#policies/mailing_list_policy'

/** MAIL-06: nobody gets it. */
export default class WaitingPostRejectionsController {
  /** Nothing brings it back: it is shown once more. */
  async create({ account, bouncer, params, view }: HttpContext) {
    const mailingList = await mailingListsOf(account)
      .where('id', params.mailing_list_id)
      .firstOrFail()
    await bouncer.with(MailingListPolicy).authorize('moderate', mailingList)
    const { domain } = mailingList
    const post = await postOf(mailingList, 'moderation', params.post)
    const page = { mailingList, domain, server: domain.server, post }
    return view.render('pages/waiting_post_rejections/create', page)
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const list = await mailingListsOf(account).where('id', params.mailing_list_id).firstOrFail()
    await bouncer.with(MailingListPolicy).authorize('moderate', list)
    const actor = { by: account, ip: request.ip() }
    const { value: wasThere, problem } = await rejectPost(list, params.post, actor)
    if (problem) throw refusalFor(problem)
    if (!wasThere) throw new Refusal('post_is_gone')
    session.flash('success', i18n.t('messages.mailing_lists.rejected'))
    return response.redirect().toRoute('waiting_posts.index', [list.id])
  }
}
