import type { HttpContext } from '@adonisjs/core/http'
import { watchedApply } from '#controllers/applies_controller'
import { latestApplyOf, mailingListsOf } from '#models/account/visible'
import { checkForward } from '#models/mail_address'
import { readAddressList } from '#models/mail_address/list'
import { membersOfList, memberSorts } from '#models/mailing_list/listing'
import MailingListPolicy from '#policies/mailing_list_policy'
import { readList } from '#validators/list'
import { newMembers } from '#validators/mailing_list'

/** MAIL-06: who gets the posts of a list, however many they are. */
export default class MailingListMembersController {
  async index(ctx: HttpContext) {
    const { account, bouncer, params, request, view } = ctx
    const mailingList = await mailingListsOf(account)
      .where('id', params.mailing_list_id)
      .firstOrFail()
    await bouncer.with(MailingListPolicy).authorize('show', mailingList)
    const list = await readList(request.qs(), memberSorts)
    return view.render('pages/mailing_list_members/index', {
      mailingList,
      domain: mailingList.domain,
      server: mailingList.domain.server,
      list,
      members: await membersOfList(mailingList.id, list),
      apply: await watchedApply(ctx),
    })
  }

  async create({ account, bouncer, params, view }: HttpContext) {
    const list = await mailingListsOf(account).where('id', params.mailing_list_id).firstOrFail()
    await bouncer.with(MailingListPolicy).authorize('editMembers', list)
    const { domain } = list
    const page = { mailingList: list, domain, server: domain.server }
    return view.render('pages/mailing_list_members/create', page)
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const list = await mailingListsOf(account).where('id', params.mailing_list_id).firstOrFail()
    await bouncer.with(MailingListPolicy).authorize('editMembers', list)
    const input = await request.validateUsing(newMembers)
    const { values } = readAddressList(input.members, checkForward)
    const added = await list.addMembers(values, { by: account, ip: request.ip() })

    const known = values.length - added
    const said =
      added === 0 ? 'members_known' : known === 0 ? 'members_added' : 'members_added_known'
    session.flash('success', i18n.t(`messages.mailing_lists.${said}`, { added, known }))
    const qs = added > 0 ? { apply: await latestApplyOf(account, list.domain.serverId) } : {}
    return response.redirect().toRoute('mailing_list_members.index', [list.id], { qs })
  }
}
