import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import Certificate from '#models/certificate'
import { generateKey } from '#models/certificate/key'
import { webNames } from '#models/certificate/names'
import { certificateRequest } from '#models/certificate/request'
import CertificatePolicy from '#policies/certificate_policy'
import { certificateRequest as form } from '#validators/certificate'

/** OPT-05: a key that never leaves the panel and the servers, and what an authority is asked with. */
export default class CertificateRequestsController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(CertificatePolicy).authorize('create', domain)
    return view.render('pages/certificate_requests/create', { domain, server: domain.server })
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(CertificatePolicy).authorize('create', domain)
    const input = await request.validateUsing(form)
    const names = requestedNames(input.common_name, domain.name)
    const key = await generateKey(input.key_kind)
    const text = await certificateRequest(key, { ...input, commonName: names[0] }, names)
    const wish = { source: 'request', key, names, request: text } as const
    const made = await Certificate.request(domain, wish, { by: account, ip: request.ip() })
    session.flash('success', i18n.t('messages.certificates.requested'))
    return response.redirect().toRoute('certificates.show', [domain.id, made.id])
  }
}

/** The common name in front. Authorities add the other of the two by themselves; asked for, it is sure. */
function requestedNames(choice: 'www' | 'apex' | 'wildcard', domain: string) {
  const [apex, www] = webNames(domain)
  if (choice === 'apex') return [apex, www]
  return [choice === 'www' ? www : `*.${apex}`, apex]
}
