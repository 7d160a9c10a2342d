import { isIPv4, isIPv6 } from 'node:net'
import { domainToASCII, domainToUnicode } from 'node:url'

/** Why a line of a list means nobody. Each has a message that says what to do. */
export const addressProblems = [
  'control_characters',
  'no_at',
  'own',
  'dots',
  'local_part',
  'too_long',
  'domain',
  'wildcard',
  'ip_address',
  'ip_v6',
  'network',
] as const

export type AddressProblem = (typeof addressProblems)[number]

/** `value` in the one form that it is stored in: lower case, A-labels, half width. */
export type AddressCheck = { readonly value: string } | { readonly problem: AddressProblem }

const atom = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
const dotAtom = new RegExp(`^${atom}(?:\\.${atom})*$`)
const domainShape = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/
/** RFC 5321, 4.5.3.1: what fits into a path. */
const longest = { localPart: 64, address: 254 }
/** Mail programs of old take these for commands, files, options and routes. */
const hazardous = /^[-|/]|[%!]/

/** MAIL-07: where mail may be forwarded to, as somebody types it. */
export function checkForward(input: string): AddressCheck {
  const typed = normalized(input)
  if (hasControl(typed)) return { problem: 'control_characters' }
  if (!typed.includes('@')) return { problem: 'no_at' }
  const check = checkAddress(typed)
  return 'value' in check && hazardous.test(check.value) ? { problem: 'local_part' } : check
}

/**
 * MAIL-05, MAIL-08: an address, a domain, an IPv4 address or network, as somebody types it. `@x.jp`, `*@x.jp` and
 * `*.x.jp` are taken for the domain, which has those below it with it.
 */
export function checkSender(input: string): AddressCheck {
  const typed = normalized(input)
    .replace(/^\*?@/, '')
    .replace(/^\*\.(?=[^@]*\p{L}[^@]*$)/u, '')
  if (hasControl(typed)) return { problem: 'control_characters' }
  if (typed.includes('*')) return { problem: 'wildcard' }
  if (typed.includes('@')) return checkAddress(typed)
  const network = typed.replace(/^\[(.*)\]$/, '$1')
  if (isIPv6(network.replace(/\/\d*$/, ''))) return { problem: 'ip_v6' }
  if (/^[\d.]+(\/.*)?$/.test(network)) return checkNetwork(network)
  const domain = asciiDomain(typed)
  return domain ? { value: domain } : { problem: 'domain' }
}

/** Full-width characters are what Japanese keyboards give; people also paste `名前 <user@example.jp>`. */
function normalized(input: string) {
  const typed = input.normalize('NFKC').replace(/。/g, '.').trim().toLowerCase()
  return /^[^<>@]*<([^<>]+)>$/.exec(typed)?.[1].trim() ?? typed
}

function hasControl(typed: string) {
  return /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u.test(typed)
}

function checkAddress(typed: string): AddressCheck {
  const at = typed.lastIndexOf('@')
  const localPart = typed.slice(0, at)
  if (localPart.endsWith('.') || localPart.includes('..')) return { problem: 'dots' }
  if (!dotAtom.test(localPart)) return { problem: 'local_part' }
  const domain = asciiDomain(typed.slice(at + 1))
  if (!domain) return { problem: 'domain' }
  const value = `${localPart}@${domain}`
  const isShort = localPart.length <= longest.localPart && value.length <= longest.address
  return isShort ? { value } : { problem: 'too_long' }
}

/** Undefined for what is no domain name. URL parsers would read numbers and `%2e` into it, so they see only letters. */
function asciiDomain(typed: string): string | undefined {
  const name = typed.replace(/\.$/, '')
  if (/[^a-z0-9.\-\p{L}\p{M}\p{N}・]/u.test(name) || /(^|\.)[0-9]*$/.test(name)) return undefined
  const ascii = domainToASCII(name)
  const isOne = domainShape.test(ascii) && !/(^|\.)xn--/.test(domainToUnicode(ascii))
  return isOne ? ascii : undefined
}

/** `192.0.2.7/24` → `192.0.2.0/24`, `/32` → the address. The whole internet is nobody's neighbour. */
function checkNetwork(typed: string): AddressCheck {
  const [address, length = '32', ...rest] = typed.split('/')
  if (!isIPv4(address) || rest.length > 0) return { problem: 'ip_address' }
  const bits = Number(length)
  if (!/^\d{1,2}$/.test(length) || bits < 8 || bits > 32) return { problem: 'network' }
  if (bits === 32) return { value: address }
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const first = Math.floor(number / 2 ** (32 - bits)) * 2 ** (32 - bits)
  const parts = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256)
  return { value: `${parts.join('.')}/${bits}` }
}
