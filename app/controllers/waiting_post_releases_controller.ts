import type { HttpContext } from '@adonisjs/core/http'
import { Refusal } from '#exceptions/refusals'
import { mailingListsOf } from '#models/account/visible'
import { releasePost } from '#monitoring/mail/lists'
import { refusalFor } from '#monitoring/questions'
import MailingListPolicy from '#policies/mailing_list_policy'

/** MAIL-06: the members get it. */
export default class WaitingPostReleasesController {
  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const list = await mailingListsOf(account).where('id', params.mailing_list_id).firstOrFail()
    await bouncer.with(MailingListPolicy).authorize('moderate', list)
    const actor = { by: account, ip: request.ip() }
    const { value: wasThere, problem } = await releasePost(list, params.post, actor)
    if (problem) throw refusalFor(problem)
    if (!wasThere) throw new Refusal('post_is_gone')
    session.flash('success', i18n.t('messages.mailing_lists.released'))
    return response.redirect().toRoute('waiting_posts.index', [list.id])
  }
}
