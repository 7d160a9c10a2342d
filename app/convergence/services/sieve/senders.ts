import { anyOf, stringList } from '#convergence/syntax/sieve'
import type { SenderPattern } from '#convergence/syntax/names'

const network = /^[\d.]+(?:\/\d+)?$/

/**
 * MAIL-05: a test for mail of these senders. An address or a domain is looked for in the envelope and in the From
 * line, because people list whom they see; a network in what our own Postfix wrote about the client.
 */
export function isFrom(patterns: readonly SenderPattern[]): string {
  const networks = patterns.filter((pattern) => network.test(pattern))
  const addresses = patterns.filter((pattern) => pattern.includes('@'))
  const domains = patterns.filter((pattern) => !pattern.includes('@') && !network.test(pattern))
  return anyOf([
    ...(addresses.length === 0 ? [] : sender(`:all :is`, addresses)),
    ...(domains.length === 0 ? [] : sender(`:domain :is`, domains)),
    ...(domains.length === 0
      ? []
      : sender(
          `:domain :matches`,
          domains.map((name) => `*.${name}`)
        )),
    ...(networks.length === 0 ? [] : [isClient(networks)]),
  ])
}

const sender = (how: string, keys: readonly string[]) =>
  ['address', 'envelope'].map((test) => `${test} ${how} "from" ${stringList(keys)}`)

/**
 * The topmost Received line is LMTP's, the next one our smtpd's: `from HELO (NAME [ADDRESS])`. Clients choose HELO,
 * but Postfix lets neither spaces nor parentheses into it, so the brackets after the second word are its own.
 */
function isClient(networks: readonly string[]): string {
  const shapes = networks.map((one) => `^from [^ ]+ \\([^ ]+ \\[${addressesIn(one)}\\]\\)`)
  return `header :index 2 :regex "received" ${stringList(shapes)}`
}

/** A regular expression (POSIX, extended) for the addresses of an IPv4 address or network. */
export function addressesIn(pattern: string): string {
  const [address, size = '32'] = pattern.split('/')
  const bits = Number(size)
  return address
    .split('.')
    .map((octet, index) => octets(Number(octet), Math.min(8, Math.max(0, bits - index * 8))))
    .join('\\.')
}

/** The first `bits` of an octet are given. */
function octets(first: number, bits: number): string {
  if (bits === 0) return '[0-9]+'
  const count = 2 ** (8 - bits)
  const start = first - (first % count)
  const all = Array.from({ length: count }, (_, index) => start + index)
  return count === 1 ? String(start) : `(${all.join('|')})`
}
