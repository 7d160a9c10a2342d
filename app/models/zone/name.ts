import { isIP } from 'node:net'
import { domainToASCII, domainToUnicode } from 'node:url'
import { parse } from 'tldts'
import { RecordProblem } from '#models/zone/problem'

/** How names are read. */
export interface Reading {
  /** The zone's name. */
  readonly zone: string
  /** What names without a dot at the end are relative to: `$ORIGIN` of a file, else the zone. */
  readonly origin: string
  /**
   * Files mean what RFC 1035 says. In a form `mail.example.jp` without a dot at the end is that name,
   * because nobody means `mail.example.jp.example.jp`.
   */
  readonly strict: boolean
}

/** Absolute, small letters, a dot at the end. */
export function readName(raw: string, reading: Reading): string {
  if (raw.includes('\\')) throw new RecordProblem('escaped_name')
  if (raw === '.') return '.'
  if (raw === '@') return `${reading.origin}.`
  const ascii = asciiOf(raw)
  if (ascii.endsWith('.')) return checked(ascii.slice(0, -1))
  if (!reading.strict && isWhole(ascii, reading)) return checked(ascii)
  return checked(`${ascii}.${reading.origin}`)
}

/** Relative to the zone, `@` for the zone itself. */
export function readOwner(raw: string, reading: Reading): string {
  try {
    const typed = raw.trim()
    const absolute = readName(ownerOfAddress(typed, reading) ?? (typed || '@'), reading)
    return relative(absolute, reading.zone)
  } catch (error) {
    if (error instanceof RecordProblem) throw new RecordProblem(error.key, error.data, 'name')
    throw error
  }
}

function relative(absolute: string, zone: string) {
  const name = absolute.slice(0, -1)
  if (name === zone) return '@'
  if (!name.endsWith(`.${zone}`)) throw new RecordProblem('out_of_zone', { name, zone })
  const owner = name.slice(0, -zone.length - 1)
  if (owner.slice(1).includes('*')) throw new RecordProblem('wildcard')
  return owner
}

/** `www` → `www.example.jp`. */
export function absoluteOf(owner: string, zone: string) {
  return owner === '@' ? zone : `${owner}.${zone}`
}

function isWhole(ascii: string, { zone }: Reading) {
  if (ascii === zone || ascii.endsWith(`.${zone}`)) return true
  return ascii.includes('.') && parse(ascii).isIcann === true
}

/** Japanese letters become A-labels; the rest stays what it is, underscores with it. */
function asciiOf(raw: string) {
  const typed = raw.normalize('NFKC').toLowerCase()
  if (/^[\x21-\x7e]*$/.test(typed)) return typed
  // What makes A-labels drops line breaks and takes other marks for the beginning of something else
  if (!/^[\p{L}\p{M}\p{N}・。._*-]*$/u.test(typed))
    throw new RecordProblem('name_characters', { name: raw.slice(0, 80) })
  const labels = typed.replace(/。/g, '.').split('.')
  const ascii = labels.map((label) => (/^[\x21-\x7e]*$/.test(label) ? label : domainToASCII(label)))
  if (ascii.some((label, index) => label === '' && labels[index] !== ''))
    throw new RecordProblem('name_characters', { name: raw.slice(0, 80) })
  return ascii.join('.')
}

function checked(name: string) {
  const labels = name.split('.')
  if (labels.some((label) => label === '')) throw new RecordProblem('name_empty_label')
  if (labels.some((label) => label.length > 63)) throw new RecordProblem('name_label_too_long')
  if (name.length > 253) throw new RecordProblem('name_too_long')
  if (!labels.every((label, index) => isLabel(label, index)))
    throw new RecordProblem('name_characters', { name: name.slice(0, 80) })
  return `${name}.`
}

/** `/` stands in names of parts of a reverse zone (RFC 2317); `*` is a label by itself. */
function isLabel(label: string, index: number) {
  if (label === '*') return index === 0
  return /^[a-z0-9_]([a-z0-9_/-]*[a-z0-9_])?$/.test(label)
}

/** RFC 1123: names of machines have letters, digits and hyphens. */
export function isHostName(absolute: string) {
  return /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+$/.test(absolute)
}

export const isReverse = (zone: string) => /(^|\.)(in-addr|ip6)\.arpa$/.test(zone)

/** In a reverse zone an address may be typed as the name. */
function ownerOfAddress(typed: string, { zone, strict }: Reading) {
  if (strict || !isReverse(zone) || !isIP(typed)) return null
  return `${reverseOf(typed)}.`
}

/** `192.0.2.1` → `1.2.0.192.in-addr.arpa`. */
export function reverseOf(address: string): string {
  if (isIP(address) === 4) return `${address.split('.').reverse().join('.')}.in-addr.arpa`
  return `${[...hexOf(address)].reverse().join('.')}.ip6.arpa`
}

/** All 32 digits of an IPv6 address. */
export function hexOf(address: string): string {
  const url = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [front, back] = url.split('::')
  const groups = (text?: string) => (text ? text.split(':') : [])
  const [first, last] = [groups(front), groups(back)]
  const between = Array.from({ length: 8 - first.length - last.length }, () => '0')
  const all = back === undefined ? first : [...first, ...between, ...last]
  return all.map((group) => group.padStart(4, '0')).join('')
}

/** What people read. */
export function unicodeOf(name: string) {
  return /(^|\.)xn--/.test(name) ? domainToUnicode(name) || name : name
}
