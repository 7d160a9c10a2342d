import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import DomainPolicy from '#policies/domain_policy'

/** MAIL-11: asked before a key is deleted, which nobody can bring back. */
export default class DkimKeyDeletionsController {
  async create({ account, bouncer, params, response, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editMail', domain)
    if (!domain.dkimSelector) return response.redirect().toRoute('dkim_keys.create', [domain.id])
    return view.render('pages/dkim_key_deletions/create', { domain, server: domain.server })
  }
}
