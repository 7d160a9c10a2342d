import { generateKeyPairSync, KeyObject, randomBytes, type webcrypto } from 'node:crypto'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  type Extension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'

type Pair = webcrypto.CryptoKeyPair

export interface Wish {
  readonly names?: readonly string[]
  readonly subject?: string
  readonly from?: Date
  readonly until?: Date
  /** `rsa-512` … or `ec`. */
  readonly key?: 'ec' | `rsa-${number}`
  readonly hash?: 'SHA-256' | 'SHA-1'
  readonly isAuthority?: boolean
  /** OIDs; for servers when absent. */
  readonly uses?: readonly string[]
  /** Of the certificate's own key, instead of a new one. */
  readonly pair?: Pair
}

export interface Made {
  /** PEM. */
  readonly certificate: string
  readonly key: string
}

const dayMs = 86_400_000
const serverUse = '1.3.6.1.5.5.7.3.1'

/** An authority that nobody knows, and what it signs: for tests alone. */
export class CertificateAuthority {
  private constructor(
    readonly subject: string,
    private readonly pair: Pair,
    /** PEM. */
    readonly certificate: string
  ) {}

  static async create(subject = 'CN=Test Root, O=Test Authority, C=JP') {
    const pair = newPair('ec')
    const certificate = await sign({
      ...{ subject, issuer: subject, pair, signer: pair, isAuthority: true },
    })
    return new CertificateAuthority(subject, pair, certificate)
  }

  /** One below it. */
  async intermediate(wish: Wish = {}) {
    const subject = wish.subject ?? 'CN=Test Intermediate, O=Test Authority, C=JP'
    const pair = newPair(wish.key ?? 'ec')
    const signer = this.pair
    const certificate = await sign({
      ...{ ...wish, subject, issuer: this.subject, pair, signer, isAuthority: true },
    })
    return new CertificateAuthority(subject, pair, certificate)
  }

  async issue(wish: Wish): Promise<Made> {
    const pair = wish.pair ?? newPair(wish.key ?? 'ec')
    const subject = wish.subject ?? `CN=${wish.names?.[0] ?? 'nobody'}`
    const certificate = await sign({
      ...{ ...wish, subject, issuer: this.subject, pair, signer: this.pair },
    })
    return { certificate, key: keyPem(pair) }
  }
}

export async function selfSigned(wish: Wish): Promise<Made> {
  const pair = newPair(wish.key ?? 'ec')
  const subject = `CN=${wish.names?.[0]}`
  const certificate = await sign({ ...wish, subject, issuer: subject, pair, signer: pair })
  return { certificate, key: keyPem(pair) }
}

function newPair(kind: 'ec' | `rsa-${number}`): Pair {
  const made =
    kind === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: Number(kind.slice(4)) })
  return { privateKey: webKey(made.privateKey), publicKey: webKey(made.publicKey) }
}

function webKey(key: KeyObject) {
  const isPrivate = key.type === 'private'
  const algorithm =
    key.asymmetricKeyType === 'ec'
      ? { name: 'ECDSA', namedCurve: 'P-256' }
      : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  return key.toCryptoKey(algorithm, true, isPrivate ? ['sign'] : ['verify'])
}

const keyPem = (pair: Pair) =>
  String(KeyObject.from(pair.privateKey).export({ type: 'pkcs8', format: 'pem' }))

interface Signing extends Wish {
  readonly subject: string
  readonly issuer: string
  readonly pair: Pair
  readonly signer: Pair
}

async function sign(wish: Signing): Promise<string> {
  const { names = [], uses = [serverUse], isAuthority = false, hash = 'SHA-256' } = wish
  const extensions: Extension[] = [new BasicConstraintsExtension(isAuthority, undefined, true)]
  if (names.length > 0) {
    const all = names.map((value) => ({ type: 'dns' as const, value }))
    extensions.push(new SubjectAlternativeNameExtension(all))
  }
  if (!isAuthority) extensions.push(new ExtendedKeyUsageExtension([...uses]))
  const isEc = wish.signer.privateKey.algorithm.name === 'ECDSA'
  const made: X509Certificate = await X509CertificateGenerator.create({
    serialNumber: `01${randomBytes(8).toString('hex')}`,
    subject: wish.subject,
    issuer: wish.issuer,
    notBefore: wish.from ?? new Date(Date.now() - dayMs),
    notAfter: wish.until ?? new Date(Date.now() + 90 * dayMs),
    publicKey: wish.pair.publicKey as CryptoKey,
    signingKey: wish.signer.privateKey as CryptoKey,
    signingAlgorithm: isEc ? { name: 'ECDSA', hash } : { name: 'RSASSA-PKCS1-v1_5', hash },
    extensions,
  })
  return `${made.toString('pem').trim()}\n`
}
