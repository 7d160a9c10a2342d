import { createHash, randomInt } from 'node:crypto'

/** No vowels, so no words; nothing that looks like something else on paper. */
const letters = 'bcdfghjkmnpqrstvwxz23456789'

/** 95 bits that somebody can type from a letter: `bcdfg-hjkmn-pqrst-vwxz2`. */
export function newToken(): string {
  const signs = Array.from({ length: 20 }, () => letters[randomInt(letters.length)]).join('')
  return signs.match(/.{5}/g)!.join('-')
}

/** As somebody types it: capitals and missing hyphens don't matter. Guessing is hopeless, so one pass is enough. */
export function hashOfToken(typed: string): string {
  const signs = typed
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
  return createHash('sha256').update(`invitation ${signs}`).digest('hex')
}
