import { guardedPorts } from '#config/networks'
import type { FileResource } from '#convergence/resource'
import type { Service } from '#convergence/service'
import { rulesPath, setName, sourcesPath } from '#convergence/services/firewall/layout'
import { familyOf, outermost } from '#convergence/syntax/address_range'
import type { AddressRange } from '#convergence/syntax/names'

/**
 * NET-03: who may reach a port, in sets beside the rules: a changed list changes one port's sets and reloads nothing.
 * It can't cut the panel off, whose way in is a rule before them, so nobody has to be let in anew to prove it.
 */
export const firewallSources: Service = {
  name: 'firewall_sources',
  after: ['firewall'],

  serverResources: ({ network }) =>
    guardedPorts.map((port) => fileOf(port, network.restricted[port] ?? null)),

  domainResources: () => [],
  // nft takes all of a file or nothing of it.
  checks: () => [],
  // The rules take all of these files in when they are loaded themselves.
  activations: (changes) =>
    changes.flatMap(({ action, resource }) =>
      action === 'remove' || !('path' in resource) || resource.path === rulesPath
        ? []
        : [{ argv: ['nft', '-f', resource.path] as const }]
    ),
  probes: () => [],
}

function fileOf(port: string, sources: readonly AddressRange[] | null): FileResource {
  const content = ([4, 6] as const).map((family) => filled(port, family, sources)).join('')
  return {
    kind: 'file',
    path: sourcesPath(port),
    content,
    owner: 'root',
    group: 'root',
    mode: 0o644,
  }
}

/** Null: everybody. */
function filled(port: string, family: 4 | 6, sources: readonly AddressRange[] | null): string {
  const name = `inet tsukasa ${setName(port, family)}`
  const all = family === 4 ? '0.0.0.0/0' : '::/0'
  const own = sources?.filter((source) => familyOf(source) === family)
  const members = own ? outermost(own, family) : [all]
  const emptied = `flush set ${name}\n`
  if (members.length === 0) return emptied
  return `${emptied}add element ${name} { ${members.join(', ')} }\n`
}
