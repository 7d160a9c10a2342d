import type { HttpContext } from '@adonisjs/core/http'
import AccountPolicy from '#policies/account_policy'

/** Where each role begins (PNL-13). */
export default class HomeController {
  async show({ account, bouncer, response }: HttpContext) {
    await bouncer.with(AccountPolicy).authorize('enter')
    if (account.isContractor) return response.redirect().toRoute('servers.index')
    if (account.isDomainAdmin)
      return response.redirect().toRoute('domains.show', [account.domainId!])
    return response.redirect().toRoute('mailboxes.show', [account.mailboxId!])
  }
}
