import { createPublicKey, type KeyObject } from 'node:crypto'
import { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } from '@peculiar/x509'

/** What authorities in Japan want to know: Latin letters, the country in front. */
export interface Subject {
  readonly commonName: string
  readonly organization: string
  /** Most authorities no longer take one. */
  readonly unit?: string | null
  readonly locality: string
  readonly state: string
  readonly country: string
}

const algorithms = {
  rsa: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ec: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
} as const

/** A certificate signing request (RFC 2986) for these names; PEM. */
export async function certificateRequest(
  key: KeyObject,
  subject: Partial<Subject>,
  names: readonly string[]
): Promise<string> {
  const algorithm = algorithms[key.asymmetricKeyType === 'ec' ? 'ec' : 'rsa']
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: nameOf(subject),
    keys: await webKeys(key, algorithm),
    signingAlgorithm: algorithm,
    extensions: [
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns' as const, value }))),
    ],
  })
  return `${request.toString('pem').trim()}\n`
}

function nameOf(subject: Partial<Subject>) {
  const parts: [string, string | null | undefined][] = [
    ['C', subject.country],
    ['ST', subject.state],
    ['L', subject.locality],
    ['O', subject.organization],
    ['OU', subject.unit],
    ['CN', subject.commonName],
  ]
  return parts.flatMap(([name, value]) => (value ? [{ [name]: [value] }] : []))
}

async function webKeys(key: KeyObject, algorithm: (typeof algorithms)[keyof typeof algorithms]) {
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' })
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
  const [privateKey, publicKey] = await Promise.all([
    crypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), algorithm, true, ['sign']),
    crypto.subtle.importKey('spki', new Uint8Array(spki), algorithm, true, ['verify']),
  ])
  return { privateKey, publicKey }
}
