import encryption from '@adonisjs/core/services/encryption'
import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { DateTime } from 'luxon'
import { certificatesPerDomain } from '#config/certificates'
import { readySuffixes } from '#config/domains'
import { CertificateSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import { checkCertificate, type CheckedCertificate } from '#models/certificate/check'
import { keyText, kindOfKey, readPrivateKey } from '#models/certificate/key'
import { isLossFor, type Offer } from '#models/certificate/losses'
import { covers, webNames } from '#models/certificate/names'
import { certificatesIn } from '#models/certificate/read'
import { applyTo, refuseUnentitled, usersOf } from '#models/certificate/users'
import Domain from '#models/domain'
import { operate } from '#models/operation'
import Server from '#models/server'

export type CertificateSource = 'request' | 'upload' | 'automatic' | 'provider'

/** What a row begins with; the key leaves this process only encrypted. */
export interface NewCertificate {
  readonly source: CertificateSource
  readonly key: KeyObject
  readonly names: readonly string[]
  /** PEM, where an authority is still to be asked. */
  readonly request?: string
  readonly checked?: CheckedCertificate
}

/** A private key, and the certificate that an authority gave for it (OPT-05). */
export default class Certificate extends CertificateSchema {
  declare source: CertificateSource

  get coveredNames(): string[] {
    return JSON.parse(this.names)
  }

  get isIssued() {
    return this.certificate !== null
  }

  get isOver() {
    return this.validUntil !== null && this.validUntil <= DateTime.utc()
  }

  get daysLeft() {
    return this.validUntil === null ? null : Math.floor(this.validUntil.diffNow('days').days)
  }

  /** As one that is compared with another. */
  get offer(): Offer {
    const validUntil = this.validUntil!.toJSDate()
    return { names: this.coveredNames, validUntil, isTrusted: Boolean(this.trusted) }
  }

  /** Whether a domain's visitors could be shown it. */
  suits({ name }: Pick<Domain, 'name'>) {
    return this.isIssued && webNames(name).some((each) => covers(this.coveredNames, each))
  }

  /** Only for checks of what belongs to it; null when another APP_KEY encrypted it. */
  get key(): KeyObject | null {
    const text = encryption.decrypt<string>(this.privateKey)
    return text === null ? null : createPrivateKey(text)
  }

  /** A key and a CSR; nothing of a server changes. */
  static request(domain: Domain, wish: NewCertificate, actor: Actor): Promise<Certificate> {
    const operation = { action: 'certificate_request.store', target: domain.unicodeName }
    return operate(actor, { ...operation, domainId: domain.id }, async (client) => {
      const server = await Server.lock(domain.serverId, client)
      await refuseUnentitled(domain, server, client)
      await refuseTooMany(domain, client)
      return this.make(domain, wish, client)
    })
  }

  /** A key and certificate from elsewhere, served from now on unless something is lost by it. */
  static upload(domain: Domain, wish: NewCertificate, actor: Actor): Promise<Certificate> {
    const operation = { action: 'certificate.store', target: domain.unicodeName }
    return operate(actor, { ...operation, domainId: domain.id }, async (client) => {
      const server = await Server.lock(domain.serverId, client)
      await refuseUnentitled(domain, server, client)
      await refuseTooMany(domain, client)
      const made = await this.make(domain, wish, client)
      if (await isLossFor([domain], wish.checked!, client)) return made
      await serve(made, domain, client)
      await applyTo([domain], `certificate.store ${domain.name}`, actor, client)
      return made
    })
  }

  /** DOM-02, DOM-03: instead of an earlier one for the same names. */
  static provide({ chain, key: keyPem }: { chain: string; key: string }, suffix: string) {
    const key = readPrivateKey(keyPem, 'private_key')
    const certificates = certificatesIn(chain, 'certificate')
    const wanted = [suffix, ...readySuffixes].map((name) => `any.${name}`)
    const checked = checkCertificate({ certificates, key, wanted })
    return db.transaction(async (client) => {
      const names = JSON.stringify(checked.names)
      await this.query({ client }).where({ source: 'provider', names }).delete()
      const row = { source: 'provider', keyKind: kindOfKey(key), ...columnsOf(checked) } as const
      const privateKey = encryption.encrypt(keyText(key))
      const made = await this.create({ ...row, privateKey }, { client })
      for (const server of await Server.query({ client }).where('state', 'running').orderBy('id')) {
        await server.requestApply({ reason: 'certificate:provide' }, client)
      }
      return made
    })
  }

  static make(domain: Domain, wish: NewCertificate, client: TransactionClientContract) {
    return this.create(
      {
        contractId: domain.contractId,
        domainId: domain.id,
        source: wish.source,
        keyKind: kindOfKey(wish.key),
        privateKey: encryption.encrypt(keyText(wish.key)),
        request: wish.request ?? null,
        names: JSON.stringify(wish.names),
        ...(wish.checked ? columnsOf(wish.checked) : {}),
      },
      { client }
    )
  }

  /**
   * What an authority answered. Every domain that uses it has it at once; the page's own does so from
   * now on. When that would be a loss it is kept beside what is served, until somebody chooses it.
   */
  complete(domain: Domain, certificates: readonly Buffer[], actor: Actor): Promise<Certificate> {
    const operation = { action: 'certificate.update', target: domain.unicodeName }
    return operate(actor, { ...operation, domainId: domain.id }, async (client) => {
      const domains = await usersOf(this, client, domain)
      const own = await Server.findOrFail(domain.serverId, { client })
      await refuseUnentitled(domain, own, client)
      const now = await Certificate.query({ client }).where('id', this.id).first()
      if (!now) throw new Refusal('certificate_is_gone')
      if (!now.key) throw new Refusal('private_key_is_lost', 'certificate')
      const checked = checkCertificate({
        certificates,
        key: now.key,
        wanted: webNames(domain.name),
      })
      const isLoss = await isLossFor(domains, checked, client)
      if (isLoss && now.isIssued) {
        const wish = { source: 'upload', key: now.key, names: checked.names, checked } as const
        return Certificate.make(domain, wish, client)
      }
      await now.merge(columnsOf(checked)).save()
      if (isLoss) return now
      await serve(now, domain, client)
      await applyTo(domains, `certificate.update ${domain.name}`, actor, client)
      return now
    })
  }

  /**
   * OPT-05: also one that was got for another domain or server of the contract. What is lost by it was shown beside
   * the one that was served then: `insteadOf`.
   */
  useFor(domain: Domain, actor: Actor, insteadOf: number | null = null): Promise<void> {
    const operation = { action: 'certificate_use.store', target: domain.unicodeName }
    return operate(actor, { ...operation, domainId: domain.id }, async (client) => {
      const server = await Server.lock(domain.serverId, client)
      await refuseUnentitled(domain, server, client)
      const now = await Certificate.query({ client }).where('id', this.id).first()
      if (!now) throw new Refusal('certificate_is_gone')
      if (!now.suits(domain)) throw new Refusal('certificate_does_not_suit')
      if (now.isOver) throw new Refusal('certificate_ended')
      const { certificateId: served } = await Domain.findOrFail(domain.id, { client })
      if (served !== insteadOf && (await isLossFor([domain], now.offer, client))) {
        throw new Refusal('certificate_is_worse')
      }
      await serve(now, domain, client)
      await applyTo([domain], `certificate_use.store ${domain.name}`, actor, client)
    })
  }

  /** What is served is not removed: another one has to be chosen first, or none. */
  async remove(domain: Domain, actor: Actor): Promise<void> {
    const operation = { action: 'certificate.destroy', target: domain.unicodeName }
    await operate(actor, { ...operation, domainId: domain.id }, async (client) => {
      const users = await usersOf(this, client)
      if (users.length > 0) {
        const names = users.map(({ unicodeName }) => unicodeName).join('、')
        throw new Refusal('certificate_is_in_use', null, { names })
      }
      await Certificate.query({ client }).where('id', this.id).delete()
    })
  }

  /** With the domain goes what nobody else serves. */
  static async forget(domainId: number, client: TransactionClientContract) {
    await client.from('automatic_certificates').where('domain_id', domainId).delete()
    await client.from('domains').where('id', domainId).update({ certificate_id: null })
    const own = () => this.query({ client }).where('domainId', domainId)
    const used = client.from('domains').whereNotNull('certificate_id').select('certificate_id')
    await own().whereNotIn('id', used).delete()
    await own().update({ domain_id: null })
  }
}

function columnsOf(checked: CheckedCertificate): Partial<Certificate> {
  return {
    certificate: checked.certificate,
    chain: checked.chain,
    names: JSON.stringify(checked.names),
    issuer: checked.issuer,
    validFrom: DateTime.fromJSDate(checked.validFrom),
    validUntil: DateTime.fromJSDate(checked.validUntil),
    fingerprint: checked.fingerprint,
    trusted: checked.isTrusted,
    warnedDays: null,
  }
}

/** Whoever chooses one himself no longer wants another to come by itself. */
async function serve(certificate: Certificate, domain: Domain, client: TransactionClientContract) {
  if (certificate.source !== 'automatic') {
    await client.from('automatic_certificates').where('domain_id', domain.id).delete()
  }
  await Domain.query({ client }).where('id', domain.id).update({ certificate_id: certificate.id })
}

async function refuseTooMany({ id }: Domain, client: TransactionClientContract) {
  const [{ total }] = await client.from('certificates').where('domain_id', id).count('* as total')
  if (Number(total) < certificatesPerDomain) return
  throw new Refusal('too_many_certificates_of_domain', null, { max: certificatesPerDomain })
}
