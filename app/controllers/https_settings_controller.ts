import type { HttpContext } from '@adonisjs/core/http'
import { showSavedWeb } from '#controllers/domain_webs_controller'
import { domainsOf } from '#models/account/visible'
import Certificate from '#models/certificate'
import { setHttps } from '#models/domain/https'
import DomainPolicy from '#policies/domain_policy'
import { https } from '#validators/certificate'

/** WEB-09: HTTPS for everybody (redirect, HSTS), and HTTP/2. */
export default class HttpsSettingsController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    const used = domain.certificateId ? await Certificate.find(domain.certificateId) : null
    return view.render('pages/https_settings/edit', { domain, server: domain.server, used })
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    const input = await request.validateUsing(https)
    const wish = {
      redirect: input.https_redirect === 'on',
      hstsSeconds: Number(input.hsts),
      http2: input.http2 === 'on',
    }
    const isChanged = await setHttps(domain, wish, { by: account, ip: request.ip() })
    return showSavedWeb(ctx, domain, isChanged)
  }
}
