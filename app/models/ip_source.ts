import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

/** Why what somebody typed is no place that connections come from. */
export const sourceProblems = ['no_address', 'network', 'everybody', 'zone'] as const
export type SourceProblem = (typeof sourceProblems)[number]

export type SourceCheck = { readonly value: string } | { readonly problem: SourceProblem }

const lengths = { 4: 32, 6: 128 } as const
/** Of `::ffff:192.0.2.1`, which is an IPv4 address (RFC 4291, 2.5.5.2). */
const mapped = { prefix: 0xffffn << 32n, length: 96 }

/**
 * An IPv4 or IPv6 address or network, as somebody types it; `value` in the only spelling that it is kept in: IPv6 as
 * RFC 5952 writes it, mapped IPv4 as IPv4, `192.0.2.7/24` as `192.0.2.0/24`, `/32` as the address.
 */
export function checkSource(input: string): SourceCheck {
  const typed = input.normalize('NFKC').trim().toLowerCase()
  const [address, length, ...rest] = typed.replace(/^\[([^\]]*)\]/, '$1').split('/')
  if (address.includes('%')) return { problem: 'zone' }
  const version = isIP(address)
  if (version !== 4 && version !== 6) return { problem: 'no_address' }
  const bits = length === undefined ? lengths[version] : Number(length)
  const isLength = length === undefined || /^\d{1,3}$/.test(length)
  if (rest.length > 0 || !isLength || bits > lengths[version]) return { problem: 'network' }
  return version === 4 ? network(numberOf(address), bits, 4) : narrowed(numberOf(address), bits)
}

/** Whether a connection from that address is from one of the sources, which are as `checkSource` answers them. */
export function isFrom(address: string, sources: readonly string[]): boolean {
  const found = checkSource(address.replace(/%.*$/, ''))
  if (!('value' in found)) return false
  const list = new BlockList()
  for (const source of sources) {
    const [first, length] = source.split('/')
    const family = familyOf(first)
    list.addSubnet(first, length === undefined ? lengthOf(first) : Number(length), family)
  }
  return list.check(found.value, familyOf(found.value))
}

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4')
const lengthOf = (address: string) => (isIPv6(address) ? lengths[6] : lengths[4])

function narrowed(number: bigint, bits: number): SourceCheck {
  const isMapped = bits >= mapped.length && number >> 32n === mapped.prefix >> 32n
  return isMapped
    ? network(number & 0xffffffffn, bits - mapped.length, 4)
    : network(number, bits, 6)
}

function network(number: bigint, bits: number, version: 4 | 6): SourceCheck {
  if (bits === 0) return { problem: 'everybody' }
  const rest = BigInt(lengths[version] - bits)
  const first = textOf((number >> rest) << rest, version)
  return { value: bits === lengths[version] ? first : `${first}/${bits}` }
}

function numberOf(address: string): bigint {
  if (isIPv4(address)) {
    return address.split('.').reduce((sum, part) => (sum << 8n) + BigInt(part), 0n)
  }
  const [head, tail] = shortest(address)
    .split('::')
    .map((half) => half.split(':').filter(Boolean))
  const zeros = Array<string>(tail === undefined ? 0 : 8 - head.length - tail.length).fill('0')
  const groups = [...head, ...zeros, ...(tail ?? [])]
  return groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n)
}

function textOf(number: bigint, version: 4 | 6): string {
  const [count, size] = version === 4 ? [4, 8n] : [8, 16n]
  const parts = Array.from({ length: count }, (_, index) => {
    return (number >> (BigInt(count - 1 - index) * size)) & ((1n << size) - 1n)
  })
  return version === 4
    ? parts.join('.')
    : shortest(parts.map((part) => part.toString(16)).join(':'))
}

/** RFC 5952, without dots. */
const shortest = (address: string) => new URL(`http://[${address}]/`).hostname.slice(1, -1)
