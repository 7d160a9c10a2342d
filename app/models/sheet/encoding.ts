import iconv from 'iconv-lite'
import type { Mistake } from '#models/sheet/problem'

export type Encoding = 'utf-8' | 'cp932'

export type Decoded = { readonly text: string } | { readonly mistake: Mistake }

const lineFeed = 0x0a
/** What programs save instead of CSV, by how such files begin. */
const strangers: readonly (readonly [string, readonly number[]])[] = [
  ['workbook', [0x50, 0x4b, 0x03, 0x04]],
  ['workbook', [0xd0, 0xcf, 0x11, 0xe0]],
  ['utf16', [0xff, 0xfe]],
  ['utf16', [0xfe, 0xff]],
]
/** Of `あ` to the end of what Japanese is written with, in UTF-8. */
const japaneseUtf8 = /[\u3040-\u9fff\uff00-\uffef]/

/**
 * UTF-8 with and without a byte order mark, and CP932 as Excel for Windows saves it. What is neither is
 * refused with its line: a character that was guessed wrongly would be stored for good.
 */
export function decode(bytes: Buffer): Decoded {
  const stranger = strangers.find(([, start]) => start.every((byte, at) => bytes[at] === byte))
  if (stranger) return { mistake: mistakeOf(stranger[0], null) }
  const nul = bytes.indexOf(0)
  if (nul >= 0) return { mistake: mistakeOf('nul', lineAt(bytes, nul)) }
  const text = utf8(bytes)
  if (text !== undefined) return { text }
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return hasMark ? { mistake: mistakeOf('broken_utf8', firstBroken(bytes)) } : cp932(bytes)
}

/** Null when the encoding lacks a character: it would come back as a question mark. */
export function encode(text: string, encoding: Encoding): Buffer | null {
  if (encoding === 'utf-8') return Buffer.from(`\ufeff${text}`)
  const bytes = iconv.encode(text, 'cp932')
  return iconv.decode(bytes, 'cp932') === text ? bytes : null
}

function cp932(bytes: Buffer): Decoded {
  const mixed = firstLine(bytes, (line) => japaneseUtf8.test(utf8(line) ?? ''))
  if (mixed) return { mistake: mistakeOf('mixed', mixed) }
  const text = iconv.decode(bytes, 'cp932')
  if (text.includes('\ufffd')) {
    const line = text.slice(0, text.indexOf('\ufffd')).split('\n').length
    return { mistake: mistakeOf('broken', line) }
  }
  return { text }
}

/** Without its byte order mark; undefined for what is no UTF-8. */
function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function firstBroken(bytes: Buffer) {
  return firstLine(bytes, (line) => utf8(line) === undefined)
}

function firstLine(bytes: Buffer, holds: (line: Buffer) => boolean): number | null {
  let start = 0
  for (let line = 1; start < bytes.length; line++) {
    const found = bytes.indexOf(lineFeed, start)
    const end = found < 0 ? bytes.length : found
    if (holds(bytes.subarray(start, end))) return line
    start = end + 1
  }
  return null
}

function lineAt(bytes: Buffer, position: number) {
  return bytes.subarray(0, position).filter((byte) => byte === lineFeed).length + 1
}

function mistakeOf(key: string, line: number | null): Mistake {
  return { key, row: null, line, column: null }
}
