import { BlockList, isIP } from 'node:net'
import { checkDomainName, type DomainNameProblem } from '#models/domain/domain_name'
import { hexOf } from '#models/zone/name'

/** Why there can be no such reverse zone; names of other zones are a domain's. */
export const reverseNameProblems = ['reverse', 'reverse_length', 'reverse_private'] as const

export type ZoneNameCheck =
  | { readonly ascii: string; readonly unicode: string }
  | { readonly problem: DomainNameProblem | (typeof reverseNameProblems)[number] }

/** RFC 6303 and RFC 1918: everybody has these, so nobody can hold them. */
const everybodys = new BlockList()
for (const [network, length] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['224.0.0.0', 3],
] as const) {
  everybodys.addSubnet(network, length)
}

/** A name, a reverse zone's name, or the addresses that a reverse zone is for: `203.0.113.0/24`. */
export function checkZoneName(input: string): ZoneNameCheck {
  const typed = input.trim().replace(/\.$/, '').toLowerCase()
  const [address, length, ...more] = typed.split('/')
  if (isIP(address) && length !== undefined && more.length === 0)
    return isIP(address) === 4 ? ofNetwork(address, length) : ofLongNetwork(address, length)
  if (/\.in-addr\.arpa$/.test(typed)) return ofReverse(typed)
  if (/\.ip6\.arpa$/.test(typed)) return ofLongReverse(typed)
  return checkDomainName(input)
}

/** Zones end where a number does (RFC 1035, 3.5). */
function ofNetwork(address: string, length: string): ZoneNameCheck {
  if (!['16', '24'].includes(length)) return { problem: 'reverse_length' }
  const labels = address.split('.').slice(0, Number(length) / 8)
  return ofReverse(`${labels.reverse().join('.')}.in-addr.arpa`)
}

/** Parts of /24 networks have names of the network's holder's choosing (RFC 2317): `0-127.113.0.203.in-addr.arpa`. */
function ofReverse(name: string): ZoneNameCheck {
  const labels = name.replace(/\.in-addr\.arpa$/, '').split('.')
  const numbers = labels.length === 4 ? labels.slice(1) : labels
  if (numbers.length < 2 || numbers.length > 3 || !numbers.every(isOctet)) {
    return { problem: 'reverse' }
  }
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(labels[0])) return { problem: 'reverse' }
  const first = [...numbers].reverse().concat('0', '0').slice(0, 4).join('.')
  if (everybodys.check(first)) return { problem: 'reverse_private' }
  return { ascii: name, unicode: name }
}

const isOctet = (text: string) => String(Number(text)) === text && Number(text) <= 255

function ofLongNetwork(address: string, length: string): ZoneNameCheck {
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : 0
  if (bits < 32 || bits > 124 || bits % 4 !== 0) return { problem: 'reverse_length' }
  const digits = [...hexOf(address)].slice(0, bits / 4)
  return ofLongReverse(`${digits.reverse().join('.')}.ip6.arpa`)
}

/** Only 2000::/3 is given out (RFC 4291, 2.4). */
function ofLongReverse(name: string): ZoneNameCheck {
  if (!/^([0-9a-f]\.){8,31}ip6\.arpa$/.test(name)) return { problem: 'reverse' }
  if (!/[23]\.ip6\.arpa$/.test(name)) return { problem: 'reverse_private' }
  return { ascii: name, unicode: name }
}
