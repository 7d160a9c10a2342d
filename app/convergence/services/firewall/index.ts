import type { Service } from '#convergence/service'
import { ruleset } from '#convergence/services/firewall/ruleset'
import { toAbsolutePath } from '#convergence/syntax/names'

const path = toAbsolutePath('/etc/nftables.conf')

/** What leaves the server and who may reach the domains' own web servers (NET-05). */
export const firewall: Service = {
  name: 'firewall',
  after: [],
  guardsAccess: true,

  serverResources: () => [
    { kind: 'file', path, content: ruleset, owner: 'root', group: 'root', mode: 0o644 },
    { kind: 'unit', name: 'nftables.service' },
  ],

  domainResources: () => [],
  checks: () => [{ argv: ['nft', '-c', '-f', path] }],
  // One transaction: there is no moment without rules.
  activations: () => [{ argv: ['nft', '-f', path] }],
  probes: () => [],
}
