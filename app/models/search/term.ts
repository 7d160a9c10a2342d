import { domainToASCII } from 'node:url'
import db from '@adonisjs/lucid/services/db'
import type { DatabaseQueryBuilderContract } from '@adonisjs/lucid/types/querybuilder'

/** What somebody typed, in the forms in which things are stored. */
export interface Term {
  /** Small letters and half-width digits, as people write it: `日本語.jp`. */
  readonly text: string
  /** With every label in its A-label form, `xn--wgv71a119e.jp`; the text where it can't be. */
  readonly ascii: string
  /** `jp.example.`, when it is a whole name below which there may be others. */
  readonly reversed: string | null
  /** Digits alone, with or without a # in front. */
  readonly number: number | null
}

const longest = 200

/** Null when nothing can be found by it. */
export function termOf(typed: string): Term | null {
  const text = typed
    .normalize('NFKC')
    .replaceAll(/\p{Cc}/gu, '')
    .trim()
    .toLowerCase()
    .slice(0, longest)
  if (text === '') return null
  const ascii = asciiOf(text)
  const isName = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(ascii) && !/^[\d.]+$/.test(ascii)
  const reversed = isName ? `${ascii.split('.').toReversed().join('.')}.` : null
  const [, digits] = /^#?(\d{1,9})$/.exec(text) ?? []
  return { text, ascii, reversed, number: digits ? Number(digits) : null }
}

/** The part behind the @ has labels; a full stop at the end is somebody who goes on typing. */
function asciiOf(text: string) {
  const at = text.lastIndexOf('@') + 1
  const name = text.slice(at)
  if (/^[\x21-\x7e]*$/.test(name)) return text
  const ascii = domainToASCII(name.replace(/\.$/, ''))
  return ascii === '' ? text : text.slice(0, at) + ascii + (name.endsWith('.') ? '.' : '')
}

/**
 * Whose `column` begins so, as one range of its index: SQLite's `like` looks through all rows,
 * because it minds no case and the index does; MariaDB's finds the range by itself.
 */
export function beginning<Query extends DatabaseQueryBuilderContract<any>>(
  query: Query,
  column: string,
  text: string
): Query {
  if (db.connection().dialect.name === 'mysql') {
    query.whereRaw("?? like ? escape '!'", [column, `${text.replace(/[!%_]/g, '!$&')}%`])
  } else query.where(column, '>=', text).where(column, '<', `${text}\u{10FFFF}`)
  return query
}
