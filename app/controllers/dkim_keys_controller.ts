import type { HttpContext } from '@adonisjs/core/http'
import { showSavedMail } from '#controllers/domain_mails_controller'
import { domainsOf } from '#models/account/visible'
import { generateDkimKey } from '#models/domain/dkim_key'
import DomainPolicy from '#policies/domain_policy'
import { dkimKey } from '#validators/domain_mail'

/** MAIL-11: the key that signs a domain's mail; a further one takes the place of the one before. */
export default class DkimKeysController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editMail', domain)
    return view.render('pages/dkim_keys/create', { domain, server: domain.server })
  }

  async store(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editMail', domain)
    const { loaded_selector: seen = null } = await request.validateUsing(dkimKey)
    const actor = { by: account, ip: request.ip() }
    const key = await generateDkimKey()
    return showSavedMail(ctx, domain, await domain.mail.useDkimKey(key, seen, actor))
  }

  async destroy(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editMail', domain)
    const actor = { by: account, ip: request.ip() }
    return showSavedMail(ctx, domain, await domain.mail.stopDkim(actor))
  }
}
