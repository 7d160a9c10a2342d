import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import TamperLook from '#models/tamper_look'
import TamperPolicy from '#policies/tamper_policy'
import { tamperBaseline } from '#validators/tamper'

/** WEB-07: what a look found, or what is there now, is right and compared with from now on. */
export default class TamperBaselinesController {
  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(TamperPolicy).authorize('change', domain)
    const { look: id } = await request.validateUsing(tamperBaseline)
    const actor = { by: account, ip: request.ip() }
    if (!id) {
      const look = await TamperLook.start(domain, 'accept', actor)
      return response.redirect().toRoute('tamper_looks.show', [domain.id, look.id])
    }
    const look = await TamperLook.query().where({ id, domainId: domain.id }).firstOrFail()
    await look.accept(domain, actor)
    session.flash('success', i18n.t('messages.tamper.accepted'))
    return response.redirect().toRoute('tamper_watches.show', [domain.id])
  }
}
