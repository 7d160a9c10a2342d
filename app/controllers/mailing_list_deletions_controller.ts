import type { HttpContext } from '@adonisjs/core/http'
import { latestApplyOf, mailingListsOf } from '#models/account/visible'
import { memberCountsOf } from '#models/mailing_list/listing'
import MailingListPolicy from '#policies/mailing_list_policy'

/** MAIL-06: with all that the server keeps of the list. */
export default class MailingListDeletionsController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const list = await mailingListsOf(account).where('id', params.mailing_list_id).firstOrFail()
    await bouncer.with(MailingListPolicy).authorize('destroy', list)
    const { domain } = list
    const counts = await memberCountsOf([list.id])
    const memberCount = counts.get(list.id) ?? 0
    const page = { mailingList: list, domain, server: domain.server, memberCount }
    return view.render('pages/mailing_list_deletions/create', page)
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const list = await mailingListsOf(account).where('id', params.mailing_list_id).firstOrFail()
    await bouncer.with(MailingListPolicy).authorize('destroy', list)
    const { domain } = list
    await list.remove({ by: account, ip: request.ip() })
    const address = `${list.localPart}@${domain.unicodeName}`
    session.flash('success', i18n.t('messages.mailing_lists.removed', { address }))
    const apply = await latestApplyOf(account, domain.serverId)
    return response.redirect().toRoute('mailing_lists.index', [domain.id], { qs: { apply } })
  }
}
