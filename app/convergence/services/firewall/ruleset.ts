import { guardedPorts, privateCard, privatePorts } from '#config/networks'
import type { DesiredNetwork } from '#convergence/desired_server'
import { backNetwork } from '#convergence/services/apache/layout'
import { setName, sourcesDirectory } from '#convergence/services/firewall/layout'
import { srsPorts } from '#convergence/services/srs/index'
import { port as sshPort } from '#convergence/services/sshd/conf'
import { familyOf } from '#convergence/syntax/address_range'

/** NET-05: what programs of customers may reach. DNS is let through apart, over UDP and TCP. */
const outboundPorts = [25, 80, 110, 443, 465, 587, 995, 2195, 3306]

/** Domains and mailboxes have uids from here on; below are root and the system's daemons. */
const firstCustomerUid = 20000

/** www-data of Debian: the front. */
const frontUid = 33

/**
 * Only the first packet of a TCP connection is judged on its way out, so answers of servers that run as a customer's
 * uid pass without connection tracking. On its way in each packet is: who was taken off a list is cut off at once.
 * Other tables of the machine are left alone.
 */
export function ruleset(network: DesiredNetwork): string {
  return `#!/usr/sbin/nft -f
table inet tsukasa
delete table inet tsukasa
table inet tsukasa {
${guardedPorts.map(sets).join('')}
  chain input {
    type filter hook input priority filter; policy accept;
    iifname "lo" accept
    iifname "${privateCard}" goto private_input
${panelRules(network, 'saddr', 'dport')}    ${network.globalConnected ? portRules() : 'counter drop'}
  }

${guardedPorts.map(portChain).join('')}
  chain private_input {
    ${firstPackets} tcp dport { ${privatePorts.join(', ')} } accept
    ${answers} accept
    meta l4proto { icmp, ipv6-icmp } accept
    counter reject
  }

  chain output {
    type filter hook output priority filter; policy accept;
    ip daddr ${backNetwork} meta skuid != { 0, ${frontUid} } counter reject
    tcp dport { ${Object.values(srsPorts).join(', ')} } meta skuid != { 0, postfix } counter reject
${network.globalConnected ? '' : disconnectedOutput(network)}    meta skuid >= ${firstCustomerUid} jump customers
  }

  chain customers {
    oifname "lo" accept
    ${answers} accept
    oifname "${privateCard}" tcp dport { ${privatePorts.join(', ')} } accept
    oifname "${privateCard}" counter reject
    tcp dport { 53, ${outboundPorts.join(', ')} } accept
    udp dport 53 accept
    counter reject
  }
}
include "${sourcesDirectory}/*.nft"
`
}

const firstPackets = 'tcp flags & (syn | ack) == syn'
const answers = 'tcp flags & (syn | ack) != syn'

/** Not with auto-merge, by which nft 1.1 keeps what the same transaction flushed. */
function sets(port: string): string {
  return `  set ${setName(port, 4)} { type ipv4_addr; flags interval; }
  set ${setName(port, 6)} { type ipv6_addr; flags interval; }
`
}

function chainName(port: string) {
  return `port_${port.replace('-', '_')}`
}

function portRules(): string {
  return `tcp dport vmap { ${guardedPorts.map((port) => `${port} : jump ${chainName(port)}`).join(', ')} }`
}

/** Refused, not left waiting: who is not on the list sees at once that he is not. */
function portChain(port: string): string {
  return `  chain ${chainName(port)} {
    ip saddr @${setName(port, 4)} accept
    ip6 saddr @${setName(port, 6)} accept
    counter reject with tcp reset
  }
`
}

/** NET-01: the server itself reaches nobody, either. */
function disconnectedOutput(network: DesiredNetwork): string {
  return `    oifname "lo" accept
${panelRules(network, 'daddr', 'sport')}    oifname != "${privateCard}" counter reject
`
}

function panelRules({ panelAddresses }: DesiredNetwork, end: string, portEnd: string): string {
  return panelAddresses
    .map((address) => {
      const family = familyOf(address) === 6 ? 'ip6' : 'ip'
      return `    ${family} ${end} ${address} tcp ${portEnd} ${sshPort} accept\n`
    })
    .join('')
}
