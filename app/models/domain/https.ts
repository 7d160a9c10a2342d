import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import Certificate from '#models/certificate'
import Domain from '#models/domain'
import { changeDomain } from '#models/domain/change'

/** WEB-09: how a domain's visitors come by TLS. */
export interface HttpsSettings {
  readonly redirect: boolean
  readonly hstsSeconds: number
  readonly http2: boolean
}

/** From nothing to a year, in steps that can be waited for (RFC 6797, 14.4): five minutes, a day, a month, a year. */
export const hstsSteps = [0, 300, 86_400, 2_592_000, 31_536_000] as const

/** Answers whether anything changed. Nobody is sent to HTTPS before a certificate is served there. */
export async function setHttps(domain: Domain, wish: HttpsSettings, actor: Actor) {
  return change(domain, 'https.update', actor, async (now, client) => {
    if (wish.redirect) await refuseUncertified(now, client)
    const hstsSeconds = wish.redirect ? wish.hstsSeconds : 0
    now.merge({ httpsRedirect: wish.redirect, hstsSeconds, httpTwo: wish.http2 })
  })
}

/** OPT-05: visitors are shown the server's own certificate again, so nobody is sent there any more. */
export async function stopCertificate(domain: Domain, actor: Actor) {
  return change(domain, 'certificate_use.destroy', actor, endCertificate)
}

/** Within a transaction that holds its server, which has to be told. Answers whether there was one. */
export async function stopCertificateWithin(domain: Domain, client: TransactionClientContract) {
  const isChanged = await endCertificate(domain, client)
  if (!domain.$isDirty) return isChanged
  await domain.useTransaction(client).save()
  return true
}

async function endCertificate(now: Domain, client: TransactionClientContract): Promise<boolean> {
  const own = client.from('automatic_certificates').where('domain_id', now.id)
  const [gone] = [await own.delete()].flat()
  now.merge({ certificateId: null, httpsRedirect: false, hstsSeconds: 0 })
  return Number(gone) > 0
}

async function refuseUncertified(domain: Domain, client: TransactionClientContract) {
  const found = domain.certificateId
    ? await Certificate.query({ client }).where('id', domain.certificateId).first()
    : null
  if (!found?.suits(domain)) throw new Refusal('https_needs_a_certificate', 'https_redirect')
  if (found.isOver) throw new Refusal('https_needs_a_valid_certificate', 'https_redirect')
}

async function change(
  domain: Domain,
  action: string,
  actor: Actor,
  work: (now: Domain, client: TransactionClientContract) => Promise<boolean | void>
): Promise<boolean> {
  return changeDomain(domain, { action, author: actor }, async (client, server) => {
    await server.refuseGone(domain, client)
    const now = await Domain.findOrFail(domain.id, { client })
    const isChanged = await work(now, client)
    if (!now.$isDirty) return isChanged === true
    await now.save()
    return true
  })
}
