import type { HttpContext } from '@adonisjs/core/http'
import { watchedApply } from '#controllers/applies_controller'
import { Refusal } from '#exceptions/refusals'
import { certificatesOf, domainsOf, latestApplyOf } from '#models/account/visible'
import AutomaticCertificate from '#models/automatic_certificate'
import Certificate from '#models/certificate'
import { checkCertificate } from '#models/certificate/check'
import { readPrivateKey } from '#models/certificate/key'
import { lossesBy } from '#models/certificate/losses'
import { covers, mailNames, webNames } from '#models/certificate/names'
import { certificatesGiven } from '#models/certificate/read'
import type Domain from '#models/domain'
import CertificatePolicy from '#policies/certificate_policy'
import { certificate, issuedCertificate } from '#validators/certificate'

/** OPT-05: what a domain's visitors are shown, and what else there is for it. */
export default class CertificatesController {
  async index(ctx: HttpContext) {
    const { account, bouncer, params, view } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(CertificatePolicy).authorize('index', domain)
    const all = await certificatesOf(account, domain).orderBy('id', 'desc').limit(200)
    const used = all.find(({ id }) => id === domain.certificateId) ?? null
    return view.render('pages/certificates/index', {
      domain,
      server: domain.server,
      used,
      covered: used ? coveredNames(domain, used) : [],
      others: all.filter((each) => each !== used && isOf(domain, each)),
      automatic: await AutomaticCertificate.findBy('domainId', domain.id),
      apply: await watchedApply(ctx),
    })
  }

  async create({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(CertificatePolicy).authorize('create', domain)
    return view.render('pages/certificates/create', { domain, server: domain.server })
  }

  async store(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(CertificatePolicy).authorize('create', domain)
    const input = await request.validateUsing(certificate)
    const key = readPrivateKey(input.private_key, 'private_key')
    const certificates = certificatesGiven(input, ctx.upload)
    const checked = checkCertificate({ certificates, key, wanted: webNames(domain.name) })
    const wish = { source: 'upload', key, names: checked.names, checked } as const
    const made = await Certificate.upload(domain, wish, { by: account, ip: request.ip() })
    return showTaken(ctx, domain, made)
  }

  async show(ctx: HttpContext) {
    const { account, bouncer, params, view } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    const found = await certificatesOf(account, domain)
      .where('id', params.certificate_id)
      .firstOrFail()
    await bouncer.with(CertificatePolicy).authorize('show', found, domain)
    return view.render('pages/certificates/show', {
      domain,
      server: domain.server,
      certificate: found,
      isUsed: domain.certificateId === found.id,
      mayEdit: await bouncer.with(CertificatePolicy).allows('edit', found, domain),
      losses: await lossesBy(domain, found),
    })
  }

  /** What the authority answered to the request that was made here. */
  async update(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    const found = await certificatesOf(account, domain)
      .where('id', params.certificate_id)
      .firstOrFail()
    await bouncer.with(CertificatePolicy).authorize('edit', found, domain)
    if (found.source === 'automatic') throw new Refusal('certificate_renews_itself')
    const input = await request.validateUsing(issuedCertificate)
    const actor = { by: account, ip: request.ip() }
    const taken = await found.complete(domain, certificatesGiven(input, ctx.upload), actor)
    return showTaken(ctx, domain, taken)
  }
}

/** Served by now, or kept, because it takes something from visitors: then the page asks. */
async function showTaken(ctx: HttpContext, domain: Domain, { id }: Certificate) {
  await domain.refresh()
  if (domain.certificateId === id) return showCertificates(ctx, domain, 'served')
  const { i18n, response, session } = ctx
  session.flash('warning', i18n.t('messages.certificates.kept'))
  return response.redirect().toRoute('certificates.show', [domain.id, id])
}

function isOf(domain: Domain, each: Certificate) {
  return each.domainId === domain.id || each.suits(domain)
}

/** Names of the domain that people come by, and whether the certificate is for each. */
function coveredNames({ name }: Domain, { coveredNames: patterns }: Certificate) {
  const all = [...webNames(name), ...mailNames(name)]
  return all.map((each) => ({ name: each, isCovered: covers(patterns, each) }))
}

/** Where each of these changes leads; `said` is what the page says about it. */
export async function showCertificates(
  { account, i18n, response, session }: HttpContext,
  domain: Domain,
  said: string
) {
  const name = domain.unicodeName
  session.flash('success', i18n.t(`messages.certificates.${said}`, { name }))
  const qs = { apply: await latestApplyOf(account, domain.serverId) }
  return response.redirect().toRoute('certificates.index', [domain.id], { qs })
}
