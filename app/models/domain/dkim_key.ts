import { generateKeyPair, randomInt } from 'node:crypto'
import { promisify } from 'node:util'
import encryption from '@adonisjs/core/services/encryption'

/** A key that signs a domain's mail (RFC 6376), as its row keeps it. */
export interface DkimKey {
  readonly selector: string
  /** PEM (PKCS #8), encrypted with the application's key. */
  readonly privateKey: string
  /** Base64 (SubjectPublicKeyInfo), as it is published. */
  readonly publicKey: string
}

const generate = promisify(generateKeyPair)

/** Takes up to a second of another thread; before any transaction. 2048 bits are what RFC 8301 asks for. */
export async function generateDkimKey(): Promise<DkimKey> {
  const { privateKey, publicKey } = await generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return {
    selector: newSelector(new Date()),
    privateKey: encryption.encrypt(privateKey),
    publicKey: publicKey.toString('base64'),
  }
}

/** Says when the key was made; the letters keep two of one day apart, because receivers remember keys. */
function newSelector(now: Date) {
  const letters = 'bcdfghjkmnpqrstvwxz'
  const day = now.toISOString().slice(0, 10).replaceAll('-', '')
  const word = Array.from({ length: 4 }, () => letters[randomInt(letters.length)])
  return `t${day}${word.join('')}`
}
