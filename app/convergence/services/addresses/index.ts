import type { AddedAddress } from '#convergence/desired_server'
import type { Service } from '#convergence/service'
import { toAbsolutePath } from '#convergence/syntax/names'

/** Tables of routes that nobody else uses: 1001 and up. */
const firstTable = 1001

/**
 * OPT-03: addresses beside the first. Answers leave by the card that the question came by: all others drop what is not
 * sent from their own address.
 */
export const addresses: Service = {
  name: 'addresses',
  after: [],

  serverResources: ({ addedAddresses }) =>
    addedAddresses.map((added, index) => ({
      kind: 'file',
      path: toAbsolutePath(`/etc/systemd/network/20-${added.card}.network`),
      content: renderNetwork(added, firstTable + index),
      owner: 'root',
      group: 'root',
      mode: 0o644,
    })),

  domainResources: () => [],
  checks: () => [],
  activations: () => [{ argv: ['networkctl', 'reload'] }],
  probes: () => [],
}

function renderNetwork({ address, prefixLength, gateway, card }: AddedAddress, table: number) {
  return `[Match]
Name=${card}

[Network]
Address=${address}/${prefixLength}
LinkLocalAddressing=no
IPv6AcceptRA=no

[Route]
Gateway=${gateway}
Table=${table}

[RoutingPolicyRule]
From=${address}
Table=${table}
`
}
