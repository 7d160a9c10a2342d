import type { HttpContext } from '@adonisjs/core/http'
import { mailingListsOf } from '#models/account/visible'
import { pageOfPosts, postOf, postsOf } from '#monitoring/mail/lists'
import MailingListPolicy from '#policies/mailing_list_policy'
import { readList } from '#validators/list'

/** MAIL-06: what was sent to a list, newest first. */
export default class ArchivedPostsController {
  async index({ account, bouncer, params, request, view }: HttpContext) {
    const mailingList = await mailingListsOf(account)
      .where('id', params.mailing_list_id)
      .firstOrFail()
    await bouncer.with(MailingListPolicy).authorize('readArchive', mailingList)
    const { domain } = mailingList
    const list = await readList(request.qs(), [''])
    const posts = await postsOf(mailingList, 'archive', list.page)
    const page = pageOfPosts(posts.value?.total ?? 0, list.page)
    const shown = { mailingList, domain, server: domain.server, list, posts, page }
    return view.render('pages/archived_posts/index', shown)
  }

  async show({ account, bouncer, params, view }: HttpContext) {
    const mailingList = await mailingListsOf(account)
      .where('id', params.mailing_list_id)
      .firstOrFail()
    await bouncer.with(MailingListPolicy).authorize('readArchive', mailingList)
    const { domain } = mailingList
    const post = await postOf(mailingList, 'archive', params.post)
    const page = { mailingList, domain, server: domain.server, post }
    return view.render('pages/archived_posts/show', page)
  }
}
