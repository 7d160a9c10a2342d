import encryption from '@adonisjs/core/services/encryption'
import type { SigningKey } from '#clients/power_dns'

/** What nobody who reads the database is to have. */
export function sealed(secret: unknown): string {
  return encryption.encrypt(JSON.stringify(secret))
}

/** Null where there is none. */
export function unsealed<Secret>(kept: string | null): Secret | null {
  if (kept === null) return null
  const text = encryption.decrypt<string>(kept)
  if (text === null) throw new Error('a key of a zone was encrypted with another APP_KEY')
  return JSON.parse(text)
}

/** Of DNSSEC: with them a name server that was lost signs as before, and nobody has to go to the registrar. */
export const signingKeysOf = (kept: string | null) => unsealed<readonly SigningKey[]>(kept)
