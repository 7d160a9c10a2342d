import type { FileResource } from '#convergence/resource'
import type { Command, Probe, Service } from '#convergence/service'
import { services } from '#convergence/services/index'
import { toAbsolutePath } from '#convergence/syntax/names'

interface Sabotage {
  readonly file?: { readonly path: string; readonly content: string }
  readonly checks?: readonly Command[]
  readonly activations?: readonly Command[]
  readonly probes?: readonly Probe[]
  readonly guardsAccess?: true
}

/** Shell of the tests alone: what it does is done once, and not again as a part of the way back. */
export function once(script: string): Command {
  const mark = '/run/tsukasa-sabotage'
  return { argv: ['sh', '-c', `test -e ${mark} || { touch ${mark}; ${script}; }`], timeout: 60 }
}

/**
 * The server's real services and one more, after all others, that goes wrong for one domain.
 */
export function sabotaged(domainId: number, sabotage: Sabotage): readonly Service[] {
  const { path, content } = sabotage.file ?? { path: sabotageFile, content: '# harmless\n' }
  const file: FileResource = {
    kind: 'file',
    path: toAbsolutePath(path),
    content: `${content}# ${Math.random()}\n`,
    owner: 'root',
    group: 'root',
    mode: 0o644,
  }
  const saboteur: Service = {
    name: 'saboteur',
    after: services.map(({ name }) => name),
    guardsAccess: sabotage.guardsAccess,
    serverResources: () => [],
    domainResources: ({ id }) => (id === domainId ? [file] : []),
    checks: () => sabotage.checks ?? [],
    activations: () => sabotage.activations ?? [],
    probes: () => sabotage.probes ?? [],
  }
  return [...services, saboteur]
}

export const sabotageFile = '/etc/tsukasa/sabotage.conf'
