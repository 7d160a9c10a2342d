import type { HttpContext } from '@adonisjs/core/http'
import { currentAnnouncements } from '#models/announcement/reading'
import { watchedApply } from '#controllers/applies_controller'
import { hashPassword } from '#models/account/password'
import { domainsOf, latestApplyOf, mailboxesOf } from '#models/account/visible'
import Mailbox from '#models/mailbox'
import { listCountsOf, mailboxesOfDomain, mailboxSorts } from '#models/mailbox/listing'
import { vacationStateOf } from '#models/mailbox/settings'
import { stampSession } from '#middleware/session_stamp'
import MailboxPolicy from '#policies/mailbox_policy'
import { readList } from '#validators/list'
import { mailboxEdit, newMailbox } from '#validators/mailbox'

/** MAIL-01: users of a domain. */
export default class MailboxesController {
  async index(ctx: HttpContext) {
    const { account, bouncer, params, request, view } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('index', domain)
    const list = await readList(request.qs(), mailboxSorts)
    return view.render('pages/mailboxes/index', {
      domain,
      server: domain.server,
      list,
      mailboxes: await mailboxesOfDomain(domain.id, list),
      apply: await watchedApply(ctx),
    })
  }

  async create({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('create', domain)
    return view.render('pages/mailboxes/create', { domain, server: domain.server })
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('create', domain)
    const input = await request.validateUsing(newMailbox, { meta: { mostMb: domain.quotaMb } })

    await Mailbox.add(
      domain,
      {
        localPart: input.local_part,
        description: input.description,
        quotaMb: input.quota_mb,
        passwordHash: await hashPassword(input.password),
      },
      { by: account, ip: request.ip() }
    )
    const address = `${input.local_part}@${domain.unicodeName}`
    session.flash('success', i18n.t('messages.mailboxes.added', { address }))
    const apply = await latestApplyOf(account, domain.serverId)
    return response.redirect().toRoute('mailboxes.index', [domain.id], { qs: { apply } })
  }

  async show(ctx: HttpContext) {
    const { account, bouncer, params, view } = ctx
    const mailbox = await mailboxesOf(account).where('id', params.id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('show', mailbox)
    const { domain } = mailbox
    return view.render('pages/mailboxes/show', {
      mailbox,
      domain,
      server: domain.server,
      announcements: account.isMailboxUser ? await currentAnnouncements(account) : [],
      vacation: vacationStateOf(mailbox),
      counts: await listCountsOf(mailbox.id),
      apply: await watchedApply(ctx),
    })
  }

  async edit({ account, bouncer, params, view }: HttpContext) {
    const mailbox = await mailboxesOf(account).where('id', params.id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('edit', mailbox)
    const { domain } = mailbox
    return view.render('pages/mailboxes/edit', { mailbox, domain, server: domain.server })
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const mailbox = await mailboxesOf(account).where('id', params.id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('edit', mailbox)
    const { domain } = mailbox
    const address = `${mailbox.localPart}@${domain.unicodeName}`
    const input = await request.validateUsing(mailboxEdit, {
      meta: { login: address, mostMb: domain.quotaMb },
    })

    const isChanged = await mailbox.edit(
      {
        description: changed(input.description, input.loaded_description),
        quotaMb: changed(input.quota_mb, input.loaded_quota_mb),
        passwordHash: input.password ? await mailbox.hashOf(input.password) : undefined,
      },
      { by: account, ip: request.ip() }
    )
    if (mailbox.id === account.mailboxId) stampSession(ctx, 'customer', await account.refresh())
    return showSaved(ctx, mailbox, isChanged)
  }
}

/** Where each setting of a user leads when it is saved; without a change there is no apply to watch. */
export async function showSaved(ctx: HttpContext, mailbox: Mailbox, isChanged: boolean) {
  const { account, i18n, response, session } = ctx
  const { domain } = mailbox
  const address = `${mailbox.localPart}@${domain.unicodeName}`
  const said = isChanged ? 'messages.mailboxes.edited' : 'messages.unchanged'
  session.flash('success', i18n.t(said, { address }))
  const qs = isChanged ? { apply: await latestApplyOf(account, domain.serverId) } : {}
  return response.redirect().toRoute('mailboxes.show', [mailbox.id], { qs })
}

/** Only what was typed over: somebody else may have changed the rest since the form was opened. */
function changed<Value>(typed: Value, loaded: Value | undefined) {
  return typed === loaded ? undefined : typed
}
