import { isUtf8 } from 'node:buffer'
import { setImmediate as breathe } from 'node:timers/promises'
import iconv from 'iconv-lite'
import type { Mistake } from '#models/sheet/problem'

export type Encoding = 'utf-8' | 'cp932'

export type Decoded = { readonly text: string } | { readonly mistake: Mistake }

const lineFeed = 0x0a
/** A few milliseconds, after which other requests have their turn. */
const bytesAtOnce = 2 ** 17
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
export async function decode(bytes: Buffer): Promise<Decoded> {
  const stranger = strangers.find(([, start]) => start.every((byte, at) => bytes[at] === byte))
  if (stranger) return { mistake: mistakeOf(stranger[0], null) }
  const nul = bytes.indexOf(0)
  if (nul >= 0) return { mistake: mistakeOf('nul', linesOf(bytes.subarray(0, nul))) }
  const text = utf8(bytes)
  if (text !== undefined) return { text }
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return hasMark
    ? { mistake: mistakeOf('broken_utf8', await firstLine(bytes, (line) => !isUtf8(line))) }
    : cp932(bytes)
}

/** Null when the encoding lacks a character: it would come back as a question mark. */
export function encode(text: string, encoding: Encoding): Buffer | null {
  if (encoding === 'utf-8') return Buffer.from(`\ufeff${text}`)
  const bytes = iconv.encode(text, 'cp932')
  return iconv.decode(bytes, 'cp932') === text ? bytes : null
}

async function cp932(bytes: Buffer): Promise<Decoded> {
  const isOther = (line: Buffer) => isUtf8(line) && japaneseUtf8.test(line.toString())
  const mixed = await firstLine(bytes, isOther)
  if (mixed) return { mistake: mistakeOf('mixed', mixed) }
  const decoder = iconv.getDecoder('cp932')
  const parts: string[] = []
  for (let start = 0; start < bytes.length; start += bytesAtOnce) {
    parts.push(decoder.write(bytes.subarray(start, start + bytesAtOnce)))
    await breathe()
  }
  const text = parts.join('') + (decoder.end() ?? '')
  const broken = text.indexOf('\ufffd')
  if (broken < 0) return { text }
  const line = linesOf(Buffer.from(text.slice(0, broken)))
  return { mistake: mistakeOf('broken', line) }
}

/** Without its byte order mark; undefined for what is no UTF-8. */
function utf8(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? new TextDecoder().decode(bytes) : undefined
}

/** Of those with more than ASCII in them. */
async function firstLine(bytes: Buffer, holds: (line: Buffer) => boolean): Promise<number | null> {
  let line = 1
  let start = 0
  let isAscii = true
  for (let at = 0; at <= bytes.length; at++) {
    if (at % bytesAtOnce === 0) await breathe()
    if (at < bytes.length && bytes[at] !== lineFeed) {
      if (bytes[at] >= 0x80) isAscii = false
      continue
    }
    if (!isAscii && holds(bytes.subarray(start, at))) return line
    line++
    start = at + 1
    isAscii = true
  }
  return null
}

/** How many lines there are until its end. */
function linesOf(bytes: Buffer) {
  let lines = 1
  for (const byte of bytes) if (byte === lineFeed) lines++
  return lines
}

function mistakeOf(key: string, line: number | null): Mistake {
  return { key, row: null, line, column: null }
}
