import type { HttpContext } from '@adonisjs/core/http'
import { showCertificates } from '#controllers/certificates_controller'
import { certificatesOf, domainsOf } from '#models/account/visible'
import CertificatePolicy from '#policies/certificate_policy'
import { certificateUse } from '#validators/certificate'

/** OPT-05: which of the certificates that suit a domain its visitors are shown. */
export default class CertificateUsesController {
  async store(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    const found = await certificatesOf(account, domain)
      .where('id', params.certificate_id)
      .firstOrFail()
    await bouncer.with(CertificatePolicy).authorize('show', found, domain)
    const { instead_of: insteadOf = null } = await request.validateUsing(certificateUse)
    await found.useFor(domain, { by: account, ip: request.ip() }, insteadOf)
    return showCertificates(ctx, domain, 'served')
  }
}
