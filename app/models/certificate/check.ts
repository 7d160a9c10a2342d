import { type KeyObject, X509Certificate } from 'node:crypto'
import { SubjectAlternativeNameExtension, X509Certificate as Decoded } from '@peculiar/x509'
import { Refusal } from '#exceptions/refusals'
import { chainOf, shownName } from '#models/certificate/chain'
import { isPair, kindOfKey } from '#models/certificate/key'
import { covers, isNamePattern } from '#models/certificate/names'
import { pemOf } from '#models/certificate/pem'

/** A certificate that a server may serve, as its row keeps it. */
export interface CheckedCertificate {
  readonly certificate: string
  readonly chain: string
  readonly names: readonly string[]
  readonly issuer: string
  readonly validFrom: Date
  readonly validUntil: Date
  readonly fingerprint: string
  readonly isTrusted: boolean
}

export interface CertificateCheck {
  /** DER; the first one that belongs to the key is the server's own. */
  readonly certificates: readonly Buffer[]
  readonly key: KeyObject
  /** Names of the domain; one of them at least must be covered. */
  readonly wanted: readonly string[]
  /** It came by itself: who stands behind it is known, even when browsers do not know it. */
  readonly isFromAuthority?: boolean
  readonly now?: Date
}

/** Nobody sends more; each one costs a verification. */
const mostCertificates = 12
const serverUse = '1.3.6.1.5.5.7.3.1'
const weakSignature = /md2|md4|md5|sha-?1(?!\d)/i

/**
 * OPT-05: what the fields of the form say, put in order, or the first thing that is wrong with it and at
 * which field. Whatever passes is loaded by Apache, Postfix and Dovecot.
 */
export function checkCertificate(check: CertificateCheck) {
  const { certificates, key, wanted, isFromAuthority = false, now = new Date() } = check
  if (certificates.length === 0) throw new Refusal('no_certificate', 'certificate')
  if (certificates.length > mostCertificates) {
    throw new Refusal('too_many_certificates', 'certificate', { max: mostCertificates })
  }
  const read = certificates.map(decode)
  const leaf = read.find((each) => isPair(key, each.publicKey))
  if (!leaf) throw new Refusal('certificate_is_of_another_key', 'certificate')
  const names = namesOf(leaf)
  refuseUnfit(leaf, names, wanted)
  refuseOutOfDate(leaf, 'certificate', now)
  const chain = chainFor(leaf, read, isFromAuthority, now)
  return {
    certificate: textOf(leaf),
    chain: chain.intermediates.map(textOf).join(''),
    names,
    issuer: issuerOf(leaf),
    validFrom: new Date(leaf.validFrom),
    validUntil: new Date(leaf.validTo),
    fingerprint: leaf.fingerprint256.replaceAll(':', '').toLowerCase(),
    isTrusted: chain.ends === 'trusted',
  } satisfies CheckedCertificate
}

function decode(der: Buffer): X509Certificate {
  try {
    const certificate = new X509Certificate(der)
    void certificate.publicKey
    return certificate
  } catch {
    throw new Refusal('certificate_is_unreadable', 'certificate')
  }
}

function refuseUnfit(leaf: X509Certificate, names: readonly string[], wanted: readonly string[]) {
  if (leaf.ca) throw new Refusal('certificate_is_an_authority', 'certificate')
  if (!kindOfKey(leaf.publicKey)) throw new Refusal('certificate_key_is_weak', 'certificate')
  if (leaf.subject === leaf.issuer) throw new Refusal('certificate_is_self_signed', 'certificate')
  refuseWeakSignature(leaf, 'certificate')
  // Without a word about it, it is for everything (RFC 5280, 4.2.1.12)
  if (leaf.keyUsage && !leaf.keyUsage.includes(serverUse)) {
    throw new Refusal('certificate_is_for_no_server', 'certificate')
  }
  if (!wanted.some((name) => covers(names, name))) {
    const shown = names.slice(0, 5).join('、') || '—'
    throw new Refusal('certificate_covers_other_names', 'certificate', { names: shown })
  }
}

/** Only the alternative names count, as for browsers (RFC 9525); what is no host name is not one of ours. */
function namesOf(leaf: X509Certificate): string[] {
  try {
    const found = new Decoded(new Uint8Array(leaf.raw)).getExtension(
      SubjectAlternativeNameExtension
    )
    const names = (found?.names.items ?? [])
      .filter(({ type }) => type === 'dns')
      .map(({ value }) => value.toLowerCase())
    return [...new Set(names)].filter(isNamePattern).toSorted()
  } catch {
    throw new Refusal('certificate_is_unreadable', 'certificate')
  }
}

function refuseOutOfDate(certificate: X509Certificate, field: string, now: Date) {
  const subject = shownName(certificate.subject)
  if (new Date(certificate.validTo) <= now) {
    throw new Refusal('certificate_is_over', field, {
      name: subject,
      day: day(certificate.validTo),
    })
  }
  if (new Date(certificate.validFrom) > now) {
    const from = day(certificate.validFrom)
    throw new Refusal('certificate_is_not_yet_valid', field, { name: subject, day: from })
  }
}

function refuseWeakSignature(certificate: X509Certificate, field: string) {
  if (weakSignature.test(certificate.signatureAlgorithm ?? '')) {
    throw new Refusal('signature_is_weak', field, { name: shownName(certificate.subject) })
  }
}

function chainFor(
  leaf: X509Certificate,
  all: readonly X509Certificate[],
  mayBeOpen: boolean,
  now: Date
) {
  const others = all.filter((each) => each !== leaf)
  const chain = chainOf(leaf, others)
  if (chain.ends === 'open' && !mayBeOpen) {
    throw new Refusal('chain_is_incomplete', 'chain', { name: shownName(chain.issuer) })
  }
  for (const each of chain.intermediates) {
    refuseOutOfDate(each, 'chain', now)
    refuseWeakSignature(each, 'chain')
    if (!isStrong(each))
      throw new Refusal('chain_key_is_weak', 'chain', { name: shownName(each.subject) })
  }
  return chain
}

/** As OpenSSL wants it of a server (security level 2): it would refuse to serve the rest. */
function isStrong({ publicKey }: X509Certificate) {
  const { modulusLength = 0, namedCurve = '' } = publicKey.asymmetricKeyDetails ?? {}
  if (publicKey.asymmetricKeyType === 'rsa') return modulusLength >= 2048 && modulusLength <= 8192
  return ['prime256v1', 'secp384r1', 'secp521r1'].includes(namedCurve)
}

/** The company rather than the number of one of its keys. */
function issuerOf({ issuer }: X509Certificate) {
  const organization = issuer.split('\n').find((part) => part.startsWith('O='))
  return (organization?.slice(2) ?? shownName(issuer)).slice(0, 200)
}

/** As the calendar in Japan has it. */
function day(moment: string) {
  return new Date(moment).toLocaleDateString('ja-JP', { timeZone: 'Asia/Tokyo', dateStyle: 'long' })
}

const textOf = (certificate: X509Certificate) => pemOf('CERTIFICATE', certificate.raw)
