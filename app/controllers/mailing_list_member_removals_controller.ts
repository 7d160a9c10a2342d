import type { HttpContext } from '@adonisjs/core/http'
import { latestApplyOf, mailingListsOf } from '#models/account/visible'
import { chosenMembers } from '#models/mailing_list/listing'
import MailingListPolicy from '#policies/mailing_list_policy'
import { chosenMemberRows } from '#validators/mailing_list'

/** MAIL-06: members that were ticked, after their addresses were shown once more. */
export default class MailingListMemberRemovalsController {
  async create({ account, bouncer, i18n, params, request, response, session, view }: HttpContext) {
    const list = await mailingListsOf(account).where('id', params.mailing_list_id).firstOrFail()
    await bouncer.with(MailingListPolicy).authorize('editMembers', list)
    const [error, input] = await chosenMemberRows.tryValidate(request.qs())
    const addresses = error ? [] : await chosenMembers(list.id, input.rows)
    if (addresses.length === 0) {
      session.flash('inputErrorsBag', { form: [i18n.t('messages.mailing_lists.none_chosen')] })
      return response.redirect().toRoute('mailing_list_members.index', [list.id])
    }
    const { domain } = list
    const rows = input!.rows
    const page = { mailingList: list, domain, server: domain.server, addresses, rows }
    return view.render('pages/mailing_list_member_removals/create', page)
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const list = await mailingListsOf(account).where('id', params.mailing_list_id).firstOrFail()
    await bouncer.with(MailingListPolicy).authorize('editMembers', list)
    const { rows } = await request.validateUsing(chosenMemberRows)
    const addresses = await chosenMembers(list.id, rows)
    const removed = await list.removeMembers(addresses, { by: account, ip: request.ip() })

    session.flash('success', i18n.t('messages.mailing_lists.members_removed', { removed }))
    const qs = removed > 0 ? { apply: await latestApplyOf(account, list.domain.serverId) } : {}
    return response.redirect().toRoute('mailing_list_members.index', [list.id], { qs })
  }
}
