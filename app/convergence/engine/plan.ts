import type { DesiredServer } from '#convergence/desired_server'
import type { Comparison, Difference } from '#convergence/engine/compare'
import type { Scope } from '#convergence/resource'
import { operation, type Operation } from '#convergence/resources/wire'
import type { Command, Probe, Service } from '#convergence/service'

export interface ServiceCommand extends Command {
  readonly service: string
}

export type ServiceProbe = Probe & { readonly service: string }

/** What one apply will do on the server, in order. */
export interface Plan {
  readonly differences: readonly Difference[]
  readonly operations: readonly Operation[]
  /** Units to be started before, and stopped after, the activations. */
  readonly starts: readonly string[]
  readonly stops: readonly string[]
  readonly checks: readonly ServiceCommand[]
  readonly activations: readonly ServiceCommand[]
  readonly probes: readonly ServiceProbe[]
  readonly guardsAccess: boolean
}

/** `services` in order. Pure: the same differences give the same plan. */
export function plan(
  services: readonly Service[],
  server: DesiredServer,
  { differences }: Comparison
): Plan {
  const changes = Map.groupBy(differences, ({ service }) => service)
  const changed = services.filter(({ name }) => changes.has(name))
  const asked = <T>(ask: (service: Service, changes: readonly Difference[]) => readonly T[]) =>
    changed.flatMap((service) =>
      ask(service, changes.get(service.name)!).map((one) => ({ ...one, service: service.name }))
    )
  return {
    differences,
    operations: operationsOf(differences),
    starts: unitsOf(differences, false),
    stops: unitsOf(differences, true),
    checks: once(asked((service, own) => service.checks(own, server))),
    activations: once(asked((service, own) => service.activations(own, server))),
    probes: once(asked((service, own) => service.probes(own, server))),
    guardsAccess: changed.some(({ guardsAccess }) => guardsAccess === true),
  }
}

/**
 * Directories first, each after the one it lies in; then files and links in the services' order, so
 * that what others refer to is there before; then rows; what goes, last and in reverse.
 */
function operationsOf(differences: readonly Difference[]): readonly Operation[] {
  const wanted = differences.filter(({ action }) => action !== 'remove')
  const gone = differences.filter(({ action }) => action === 'remove')
  return [
    ...wanted.filter(isDirectory).toSorted(byPath),
    ...wanted.filter((one) => !isDirectory(one)),
    ...gone.filter((one) => !isDirectory(one)).toReversed(),
    ...gone.filter(isDirectory).toSorted(byPath).toReversed(),
  ].flatMap(operationOf)
}

function operationOf({ action, resource, scope }: Difference): Operation[] {
  const one = operation(action === 'remove' ? 'remove' : 'put', resource, scope)
  return one ? [one] : []
}

function isDirectory({ resource }: Difference) {
  return resource.kind === 'directory'
}

function byPath(one: Difference, other: Difference) {
  const [first, second] = [one, other].map(({ resource }) => 'path' in resource && resource.path)
  return first === second ? 0 : first < second ? -1 : 1
}

function unitsOf(differences: readonly Difference[], gone: boolean): readonly string[] {
  return differences.flatMap(({ action, resource }) =>
    resource.kind === 'unit' && (action === 'remove') === gone ? [resource.name] : []
  )
}

/** Equal commands, and equal probes, count once: as the first service in order asked for them. */
function once<T extends { readonly service: string }>(all: readonly T[]): readonly T[] {
  const seen = new Map<string, T>()
  for (const one of all) {
    const key = JSON.stringify({ ...one, service: undefined })
    if (!seen.has(key)) seen.set(key, one)
  }
  return [...seen.values()]
}

/** What must answer again after a rollback: everything but what would only have come with this apply. */
export function reprobesOf(
  { probes }: Plan,
  existed: (scope: Scope) => boolean
): readonly ServiceProbe[] {
  return probes.filter(({ scope }) => scope === undefined || scope === 'server' || existed(scope))
}
