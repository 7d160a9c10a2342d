import type { HttpContext } from '@adonisjs/core/http'
import { certificatesOf, domainsOf } from '#models/account/visible'
import CertificatePolicy from '#policies/certificate_policy'

/** OPT-05: asked before a key is deleted, which nobody can bring back. */
export default class CertificateDeletionsController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    const certificate = await certificatesOf(account, domain)
      .where('id', params.certificate_id)
      .firstOrFail()
    await bouncer.with(CertificatePolicy).authorize('edit', certificate, domain)
    const { server } = domain
    return view.render('pages/certificate_deletions/create', { domain, server, certificate })
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    const certificate = await certificatesOf(account, domain)
      .where('id', params.certificate_id)
      .firstOrFail()
    await bouncer.with(CertificatePolicy).authorize('edit', certificate, domain)
    await certificate.remove(domain, { by: account, ip: request.ip() })
    session.flash('success', i18n.t('messages.certificates.removed'))
    return response.redirect().toRoute('certificates.index', [domain.id])
  }
}
