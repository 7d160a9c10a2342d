import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf, latestApplyOf, mailboxesOf } from '#models/account/visible'
import type Account from '#models/account'
import type Domain from '#models/domain'
import Mailbox from '#models/mailbox'
import { forwardersTo } from '#models/mailbox/forwarders'
import { Refusal } from '#exceptions/refusals'
import MailboxPolicy from '#policies/mailbox_policy'
import { chosenMailboxes } from '#validators/mailbox'

/** MAIL-01: several users that were ticked in the list, after their names were shown once more. */
export default class BulkMailboxDeletionsController {
  async create({ account, bouncer, params, request, response, session, i18n, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('index', domain)
    const [error, input] = await chosenMailboxes.tryValidate(request.qs())
    if (error) {
      session.flash('inputErrorsBag', { form: [i18n.t('messages.mailboxes.none_chosen')] })
      return response.redirect().toRoute('mailboxes.index', [domain.id])
    }
    const mailboxes = await chosenOf(account, domain, input.mailboxes)
    for (const each of mailboxes) await bouncer.with(MailboxPolicy).authorize('destroy', each)
    const forwarders = await forwardersTo(mailboxes, domain, account)
    const page = { domain, server: domain.server, mailboxes, forwarders }
    return view.render('pages/bulk_mailbox_deletions/create', page)
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('index', domain)
    const input = await request.validateUsing(chosenMailboxes)
    const mailboxes = await chosenOf(account, domain, input.mailboxes)
    for (const each of mailboxes) await bouncer.with(MailboxPolicy).authorize('destroy', each)
    await Mailbox.removeAll(domain, mailboxes, { by: account, ip: request.ip() })

    const count = mailboxes.length
    session.flash('success', i18n.t('messages.mailboxes.bulk_removed', { count }))
    const apply = await latestApplyOf(account, domain.serverId)
    return response.redirect().toRoute('mailboxes.index', [domain.id], { qs: { apply } })
  }
}

/** Of this domain only. Those that are not there, for whatever reason, stop the whole. */
async function chosenOf(account: Account, domain: Domain, ids: readonly number[]) {
  const wanted = [...new Set(ids)]
  const mailboxes = await mailboxesOf(account)
    .where('domain_id', domain.id)
    .whereIn('id', wanted)
    .orderBy('local_part')
  if (mailboxes.length < wanted.length) throw new Refusal('some_users_are_gone')
  return mailboxes
}
