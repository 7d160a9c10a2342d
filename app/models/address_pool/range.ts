import { isIPv4 } from 'node:net'
import { checkSource } from '#models/ip_source'

/** Why what somebody typed is no range of IPv4 addresses. */
export const rangeProblems = ['no_range', 'backwards', 'too_large'] as const
export type RangeProblem = (typeof rangeProblems)[number]

/** At once: more is a slip of the pen. */
export const mostAddresses = 4096

export interface AddressRange {
  /** Both included, as numbers. */
  readonly first: number
  readonly last: number
}

/** `192.0.2.0/28`, `192.0.2.10-192.0.2.20`, `192.0.2.10-20` or one address, as people write them. */
export function readRange(typed: string): AddressRange | { readonly problem: RangeProblem } {
  const text = typed
    .normalize('NFKC')
    .replace(/[~〜～–—−]|\.\.+/g, '-')
    .replace(/\s+/g, '')
  const range = text.includes('/') ? ofNetwork(text) : ofEnds(text)
  if (!range) return { problem: 'no_range' }
  if (range.last < range.first) return { problem: 'backwards' }
  return range.last - range.first < mostAddresses ? range : { problem: 'too_large' }
}

/** Of a node's `192.0.2.1/24`: all of it. */
export function ofNetwork(text: string): AddressRange | null {
  const found = checkSource(text)
  if (!('value' in found)) return null
  const [address, length = '32'] = found.value.split('/')
  if (!isIPv4(address)) return null
  const first = toNumber(address)
  return { first, last: first + 2 ** (32 - Number(length)) - 1 }
}

function ofEnds(text: string): AddressRange | null {
  const [from, to = from, ...more] = text.split('-')
  if (more.length > 0 || !isIPv4(from)) return null
  const until = /^\d{1,3}$/.test(to) ? from.replace(/\d+$/, String(Number(to))) : to
  return isIPv4(until) ? { first: toNumber(from), last: toNumber(until) } : null
}

export function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

export function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
}
