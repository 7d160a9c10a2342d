import type { HttpContext } from '@adonisjs/core/http'
import { showCertificates } from '#controllers/certificates_controller'
import { domainsOf } from '#models/account/visible'
import { stopCertificate } from '#models/domain/https'
import CertificatePolicy from '#policies/certificate_policy'

/** OPT-05: the domain goes back to the server's own certificate. */
export default class CertificateStopsController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(CertificatePolicy).authorize('create', domain)
    return view.render('pages/certificate_stops/create', { domain, server: domain.server })
  }

  async store(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(CertificatePolicy).authorize('create', domain)
    await stopCertificate(domain, { by: account, ip: request.ip() })
    return showCertificates(ctx, domain, 'stopped')
  }
}
