import type { HttpContext } from '@adonisjs/core/http'
import { watchedApply } from '#controllers/applies_controller'
import { domainsOf, latestApplyOf, mailingListsOf } from '#models/account/visible'
import { checkForward } from '#models/mail_address'
import { readAddressList } from '#models/mail_address/list'
import MailingList, { firstSettings } from '#models/mailing_list'
import {
  mailingListsOfDomain,
  mailingListSorts,
  memberCountsOf,
} from '#models/mailing_list/listing'
import MailingListModerator from '#models/mailing_list_moderator'
import MailingListPolicy from '#policies/mailing_list_policy'
import { readList } from '#validators/list'
import { mailingListEdit, newMailingList, settingsOf } from '#validators/mailing_list'

/** MAIL-06: mailing lists of a domain. */
export default class MailingListsController {
  async index(ctx: HttpContext) {
    const { account, bouncer, params, request, view } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(MailingListPolicy).authorize('index', domain)
    const list = await readList(request.qs(), mailingListSorts)
    const mailingLists = await mailingListsOfDomain(domain.id, list)
    const apply = await watchedApply(ctx)
    const page = { domain, server: domain.server, list, mailingLists, apply }
    return view.render('pages/mailing_lists/index', page)
  }

  async create({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(MailingListPolicy).authorize('create', domain)
    const page = { domain, server: domain.server, settings: firstSettings, moderators: [] }
    return view.render('pages/mailing_lists/create', page)
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(MailingListPolicy).authorize('create', domain)
    const input = await request.validateUsing(newMailingList)
    const list = await MailingList.add(
      domain,
      { localPart: input.local_part, ...settingsOf(input) },
      readAddressList(input.members, checkForward).values,
      { by: account, ip: request.ip() }
    )
    const address = `${list.localPart}@${domain.unicodeName}`
    session.flash('success', i18n.t('messages.mailing_lists.added', { address }))
    const apply = await latestApplyOf(account, domain.serverId)
    return response.redirect().toRoute('mailing_lists.show', [list.id], { qs: { apply } })
  }

  async show(ctx: HttpContext) {
    const { account, bouncer, params, view } = ctx
    const list = await mailingListsOf(account).where('id', params.id).firstOrFail()
    await bouncer.with(MailingListPolicy).authorize('show', list)
    const counts = await memberCountsOf([list.id])
    return view.render('pages/mailing_lists/show', {
      mailingList: list,
      domain: list.domain,
      server: list.domain.server,
      memberCount: counts.get(list.id) ?? 0,
      moderators: await MailingListModerator.addressesOf(list.id),
      apply: await watchedApply(ctx),
    })
  }

  async edit({ account, bouncer, params, view }: HttpContext) {
    const list = await mailingListsOf(account).where('id', params.id).firstOrFail()
    await bouncer.with(MailingListPolicy).authorize('edit', list)
    const { domain } = list
    const moderators = await MailingListModerator.addressesOf(list.id)
    const page = { mailingList: list, settings: list, moderators, domain, server: domain.server }
    return view.render('pages/mailing_lists/edit', page)
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const list = await mailingListsOf(account).where('id', params.id).firstOrFail()
    await bouncer.with(MailingListPolicy).authorize('edit', list)
    const input = await request.validateUsing(mailingListEdit)
    const isChanged = await list.edit(settingsOf(input), { by: account, ip: request.ip() })
    const said = isChanged ? 'messages.mailing_lists.edited' : 'messages.unchanged'
    return showSavedList(ctx, list, said, isChanged)
  }
}

/** Where changes of a list lead; without a change there is no apply to watch. */
export async function showSavedList(
  { account, i18n, response, session }: HttpContext,
  { id, localPart, domain }: MailingList,
  said: string,
  isChanged: boolean
) {
  const address = `${localPart}@${domain.unicodeName}`
  session.flash('success', i18n.t(said, { address }))
  const qs = isChanged ? { apply: await latestApplyOf(account, domain.serverId) } : {}
  return response.redirect().toRoute('mailing_lists.show', [id], { qs })
}
