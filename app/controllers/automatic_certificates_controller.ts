import type { HttpContext } from '@adonisjs/core/http'
import { showCertificates } from '#controllers/certificates_controller'
import { domainsOf } from '#models/account/visible'
import AutomaticCertificate, { wantedNames } from '#models/automatic_certificate'
import { checkNames } from '#monitoring/certificate_names'
import CertificatePolicy from '#policies/certificate_policy'

/** WEB-09: certificates that come by themselves. */
export default class AutomaticCertificatesController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(CertificatePolicy).authorize('create', domain)
    const { server } = domain
    const names = await checkNames(wantedNames(domain), { address: server.address })
    return view.render('pages/automatic_certificates/create', { domain, server, names })
  }

  async store(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(CertificatePolicy).authorize('create', domain)
    await AutomaticCertificate.begin(domain, { by: account, ip: request.ip() })
    return showCertificates(ctx, domain, 'asked')
  }
}
