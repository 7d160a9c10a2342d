import type { Service } from '#convergence/service'
import { rulesPath, sourcesDirectory } from '#convergence/services/firewall/layout'
import { ruleset } from '#convergence/services/firewall/ruleset'

/** What leaves the server and who may reach it (NET-01, NET-02, NET-03, NET-05). */
export const firewall: Service = {
  name: 'firewall',
  after: [],
  guardsAccess: true,

  serverResources: ({ network }) => [
    { kind: 'directory', path: sourcesDirectory, owner: 'root', group: 'root', mode: 0o755 },
    {
      kind: 'file',
      path: rulesPath,
      content: ruleset(network),
      owner: 'root',
      group: 'root',
      mode: 0o644,
    },
    { kind: 'unit', name: 'nftables.service' },
  ],

  domainResources: () => [],
  checks: () => [{ argv: ['nft', '-c', '-f', rulesPath] }],
  // One transaction: there is no moment without rules.
  activations: () => [{ argv: ['nft', '-f', rulesPath] }],
  probes: () => [],
}
