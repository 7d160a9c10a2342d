import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { promisify } from 'node:util'
import { Refusal } from '#exceptions/refusals'
import { readPem } from '#models/certificate/pem'

/** What can be made here; RSA 2048 is what every authority takes. */
export const newKeyKinds = ['rsa-2048', 'rsa-3072', 'ec-p256'] as const
export type NewKeyKind = (typeof newKeyKinds)[number]

const curves: Readonly<Record<string, string>> = { prime256v1: 'ec-p256', secp384r1: 'ec-p384' }

const generate = promisify(generateKeyPair)

/** Takes up to some seconds of another thread; before any transaction. */
export async function generateKey(kind: NewKeyKind): Promise<KeyObject> {
  const modulusLength = Number(kind.slice('rsa-'.length))
  const { privateKey } = await (kind === 'ec-p256'
    ? generate('ec', { namedCurve: 'P-256' })
    : generate('rsa', { modulusLength }))
  return privateKey
}

/** As rows keep it before they encrypt it. */
export const keyText = (key: KeyObject) => String(key.export({ type: 'pkcs8', format: 'pem' }))

/**
 * A key that somebody pasted. One with a password is refused: the server has to read it by itself, and
 * how long its password takes to be checked is for whoever made it to say.
 */
export function readPrivateKey(text: string, field: string): KeyObject {
  const blocks = readPem(text, field).filter(({ label }) => label.endsWith('PRIVATE KEY'))
  if (blocks.length === 0) throw new Refusal('no_private_key', field)
  if (blocks.length > 1) throw new Refusal('several_private_keys', field)
  const [block] = blocks
  if (block.isEncrypted) throw new Refusal('private_key_is_encrypted', field)
  const key = keyOf(block.label, block.der)
  if (!key) throw new Refusal('private_key_is_unreadable', field)
  if (!kindOfKey(key)) throw new Refusal('private_key_is_unfit', field)
  return key
}

const forms = {
  'RSA PRIVATE KEY': 'pkcs1',
  'EC PRIVATE KEY': 'sec1',
  'PRIVATE KEY': 'pkcs8',
} as const

function keyOf(label: string, der: Buffer): KeyObject | null {
  const type = forms[label as keyof typeof forms]
  if (!type) return null
  try {
    return createPrivateKey({ key: der, format: 'der', type })
  } catch {
    return null
  }
}

/** `rsa-2048` … `ec-p384`; undefined for what browsers or servers do not take. Of private and public keys. */
export function kindOfKey(key: KeyObject): string | undefined {
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType === 'ec') return curves[namedCurve]
  if (key.asymmetricKeyType !== 'rsa') return undefined
  return modulusLength >= 2048 && modulusLength <= 4096 ? `rsa-${modulusLength}` : undefined
}

/** By a signature, because a key may claim a public part that is not its own. */
export function isPair(key: KeyObject, publicKey: KeyObject): boolean {
  try {
    if (!createPublicKey(key).equals(publicKey)) return false
    const text = Buffer.from('tsukasa')
    return verify('sha256', text, publicKey, sign('sha256', text, key))
  } catch {
    return false
  }
}
