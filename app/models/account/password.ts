import { randomBytes } from 'node:crypto'
import argon2 from 'argon2'
import bcrypt from 'bcrypt'

/** bcrypt reads only the first 72 bytes, so longer passwords are refused at the form, whoever's they are. */
export const longestPasswordBytes = 72

const isTest = process.env.NODE_ENV === 'test'
/** OWASP's least for Argon2id; tests hash by the hundred. KiB, passes. */
const memoryCost = isTest ? 64 : 19_456
const timeCost = isTest ? 1 : 2
const bcryptCost = isTest ? 4 : 10
const b64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

/**
 * Argon2id as a PHC string, `$argon2id$v=19$m=…,t=…,p=1$salt$hash`, which the panel and Dovecot verify:
 * for everybody but domain admins. Dovecot's library insists on that order of the parameters.
 */
export async function hashPassword(plain: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await argon2.hash(plain, { salt, raw: true, memoryCost, timeCost, parallelism: 1 })
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=1$${b64(salt)}$${b64(hash)}`
}

/**
 * bcrypt in crypt(5) form, `$2b$10$…`: for domain admins, whose password sshd verifies too, and the
 * system's crypt() knows no Argon2.
 */
export function hashSshPassword(plain: string): Promise<string> {
  return bcrypt.hash(plain, bcryptCost)
}

export const isSshHash = (hash: string) => hash.startsWith('$2b$')

export function matchesPassword(plain: string, hash: string): Promise<boolean> {
  return isSshHash(hash) ? bcrypt.compare(plain, hash) : argon2.verify(hash, plain)
}

/** What no password matches; verified for unknown logins so that they take as long as known ones. */
const nobody = new Map<typeof hashPassword, Promise<string>>()

export async function wasteTime(login: string, plain: string): Promise<null> {
  const hash = login.trim().toLowerCase().startsWith('admin@') ? hashSshPassword : hashPassword
  if (!nobody.has(hash)) nobody.set(hash, hash('nobody has this password'))
  await matchesPassword(plain, await nobody.get(hash)!)
  return null
}
