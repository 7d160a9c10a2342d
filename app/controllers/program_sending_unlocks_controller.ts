import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf, latestApplyOf } from '#models/account/visible'
import DomainPolicy from '#policies/domain_policy'

/** MAIL-11: the programs of a domain that had sent too much may send again. */
export default class ProgramSendingUnlocksController {
  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editMail', domain)
    await domain.mail.unlockPrograms({ by: account, ip: request.ip() })
    const name = domain.unicodeName
    session.flash('success', i18n.t('messages.domains.programs_unlocked', { name }))
    const apply = await latestApplyOf(account, domain.serverId)
    return response.redirect().toRoute('domain_mails.show', [domain.id], { qs: { apply } })
  }
}
