import type { HttpContext } from '@adonisjs/core/http'
import { watchedApply } from '#controllers/applies_controller'
import { domainsOf, latestApplyOf } from '#models/account/visible'
import type Domain from '#models/domain'
import { recordsOf } from '#models/domain/mail_records'
import MailSender from '#models/mail_sender'
import DomainPolicy from '#policies/domain_policy'

/** How a domain takes and sends mail, and what its DNS should say about it (MAIL-05, MAIL-10, MAIL-11). */
export default class DomainMailsController {
  async show(ctx: HttpContext) {
    const { account, bouncer, params, view } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editMail', domain)
    const allowed = await MailSender.patternsOf({ domainId: domain.id, mailboxId: null }, 'allow')
    return view.render('pages/domain_mails/show', {
      domain,
      server: domain.server,
      allowed,
      records: recordsOf(domain, domain.server),
      apply: await watchedApply(ctx),
    })
  }
}

/** Where each of these settings leads when it is saved; without a change there is no apply to watch. */
export async function showSavedMail(ctx: HttpContext, domain: Domain, isChanged: boolean) {
  const { account, i18n, response, session } = ctx
  const name = domain.unicodeName
  const said = isChanged ? 'messages.domains.mail_edited' : 'messages.unchanged'
  session.flash('success', i18n.t(said, { name }))
  const qs = isChanged ? { apply: await latestApplyOf(account, domain.serverId) } : {}
  return response.redirect().toRoute('domain_mails.show', [domain.id], { qs })
}
