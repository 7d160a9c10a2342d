import { backNetwork } from '#convergence/services/apache/layout'
import { srsPorts } from '#convergence/services/srs/index'

/** NET-05: what programs of customers may reach. DNS is let through apart, over UDP and TCP. */
const outboundPorts = [25, 80, 110, 443, 465, 587, 995, 2195, 3306]

/** Domains and mailboxes have uids from here on; below are root and the system's daemons. */
const firstCustomerUid = 20000

/** www-data of Debian: the front. */
const frontUid = 33

/**
 * Only the first packet of a TCP connection is judged, so answers of servers that run as a customer's uid pass
 * without connection tracking. Other tables of the machine are left alone.
 */
export const ruleset = `#!/usr/sbin/nft -f
table inet tsukasa
delete table inet tsukasa
table inet tsukasa {
  chain output {
    type filter hook output priority filter; policy accept;
    ip daddr ${backNetwork} meta skuid != { 0, ${frontUid} } counter reject
    tcp dport { ${Object.values(srsPorts).join(', ')} } meta skuid != { 0, postfix } counter reject
    meta skuid >= ${firstCustomerUid} jump customers
  }

  chain customers {
    oifname "lo" accept
    tcp flags & (syn | ack) != syn accept
    tcp dport { 53, ${outboundPorts.join(', ')} } accept
    udp dport 53 accept
    counter reject
  }
}
`
