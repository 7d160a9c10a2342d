import { BlockList, isIPv4 } from 'node:net'

/** RFC 6890 and what followed it: addresses that lead into somebody's own network, or nowhere. */
const special = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
]

const list = new BlockList()
for (const range of special) {
  const [network, bits] = range.split('/')
  list.addSubnet(network, Number(bits), 'ipv4')
}

/** security.md 4: what the panel may be made to connect to by somebody who publishes an address. IPv4 only. */
export function isPublicAddress(address: string) {
  return isIPv4(address) && !list.check(address, 'ipv4')
}
