import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import encryption from '@adonisjs/core/services/encryption'
import { DateTime } from 'luxon'
import { acme } from '#config/certificates'
import { AcmeAccountSchema } from '#database/schema'
import { generateKey, keyText } from '#models/certificate/key'
import { isDuplicate } from '#models/task/contention'

/** As whom the panel is known to an authority (RFC 8555, 7.1.2); one for all domains. */
export default class AcmeAccount extends AcmeAccountSchema {
  /** Made at the first question, before the authority hears of it: servers answer with its fingerprint. */
  static async current(): Promise<AcmeAccount> {
    const { directory } = acme
    const found = await this.findBy('directory', directory)
    if (found) return found
    const key = await generateKey('ec-p256')
    const row = {
      directory,
      privateKey: encryption.encrypt(keyText(key)),
      thumbprint: thumbprintOf(key),
    }
    try {
      return await this.create(row)
    } catch (error) {
      if (isDuplicate(error)) return this.findByOrFail('directory', directory)
      throw error
    }
  }

  /** PEM. */
  get key(): string {
    const text = encryption.decrypt<string>(this.privateKey)
    if (text === null) throw new Error('the ACME key was encrypted with another APP_KEY')
    return text
  }

  get isPaused() {
    return this.pausedUntil !== null && this.pausedUntil > DateTime.utc()
  }
}

/** RFC 7638, 3: the required members in the order of their names. */
export function thumbprintOf(key: KeyObject): string {
  const { crv, kty, x, y } = createPublicKey(key).export({ format: 'jwk' })
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
}
