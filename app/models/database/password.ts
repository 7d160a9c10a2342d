import { createHash, randomInt } from 'node:crypto'

/** Nothing that looks like something else, and nothing that a configuration file would need to quote. */
const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const length = 24

export interface MadePassword {
  /** Shown once and kept nowhere. */
  readonly plain: string
  readonly hash: string
}

/**
 * WEB-04: always made here. MariaDB's hash has no salt and is quick, so only a password that nobody can guess is safe
 * behind it: 24 of 55 letters are 138 bits.
 */
export function makeDatabasePassword(): MadePassword {
  const plain = Array.from({ length }, () => letters[randomInt(letters.length)]).join('')
  return { plain, hash: nativeHash(plain) }
}

/** mysql_native_password: what MariaDB keeps of a password. */
export function nativeHash(plain: string): string {
  const once = createHash('sha1').update(plain).digest()
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`
}
