import type { HttpContext } from '@adonisjs/core/http'
import { showSavedMail } from '#controllers/domain_mails_controller'
import { domainsOf } from '#models/account/visible'
import { exchangeOf } from '#monitoring/mail/exchange'
import DomainPolicy from '#policies/domain_policy'
import { outMx } from '#validators/domain_mail'

/** MAIL-10: whether mail to the domain always follows its MX. */
export default class OutMxController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editMail', domain)
    return view.render('pages/out_mx/edit', { domain, server: domain.server })
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, i18n, params, request, session } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editMail', domain)
    const input = await request.validateUsing(outMx)
    const actor = { by: account, ip: request.ip() }
    const isOn = input.out_mx === 'on'
    const isChanged = await domain.mail.setOutMx(isOn, actor)
    const exchange = isOn ? await exchangeOf(domain, domain.server) : 'elsewhere'
    if (exchange !== 'elsewhere') {
      const { hostname } = domain.server
      session.flash('warning', i18n.t(`messages.domains.mx_leads.${exchange}`, { hostname }))
    }
    return showSavedMail(ctx, domain, isChanged)
  }
}
