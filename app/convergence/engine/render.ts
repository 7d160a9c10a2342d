import type { DesiredServer } from '#convergence/desired_server'
import { resourceKey, type Resource, type Scope } from '#convergence/resource'
import { resourceHash } from '#convergence/resources/digest'
import type { Service } from '#convergence/service'

/** A resource that is wanted, and by whom. */
export interface Rendered {
  readonly key: string
  readonly scope: Scope
  readonly service: string
  readonly resource: Resource
  readonly hash: string
}

/** Two services, or two domains, want the same thing. A mistake in a service: nothing is applied. */
export class ClashingResources extends Error {
  readonly code = 'E_CLASHING_RESOURCES'
}

/**
 * Everything that the server and the domains in `details` should have, in the services' order:
 * by service the server's own first, then domain by domain.
 */
export function render(services: readonly Service[], server: DesiredServer): readonly Rendered[] {
  const wanted = new Map<string, Rendered>()
  const domains = [...server.details.values()]
  for (const service of services) {
    take(wanted, service, 'server', service.serverResources(server))
    for (const domain of domains) {
      take(wanted, service, `domain:${domain.id}`, service.domainResources(domain, server))
    }
  }
  return [...wanted.values()]
}

function take(
  wanted: Map<string, Rendered>,
  service: Service,
  scope: Scope,
  resources: readonly Resource[]
) {
  for (const resource of resources) {
    const key = resourceKey(resource, scope)
    const other = wanted.get(key)
    if (other) {
      const both = `${other.service} for ${other.scope} and ${service.name} for ${scope}`
      throw new ClashingResources(`${key} is wanted by ${both}`)
    }
    wanted.set(key, { key, scope, service: service.name, resource, hash: resourceHash(resource) })
  }
}

/** As if these domains were not there: they are neither in heads nor in details. */
export function withoutDomains(server: DesiredServer, ids: ReadonlySet<number>): DesiredServer {
  if (ids.size === 0) return server
  return {
    ...server,
    domains: server.domains.filter(({ id }) => !ids.has(id)),
    details: withoutDetails(server, ids).details,
  }
}

/** These domains stay as they are: in heads, but nothing of their own is rendered. */
export function withoutDetails(server: DesiredServer, ids: ReadonlySet<number>): DesiredServer {
  if (ids.size === 0) return server
  return { ...server, details: new Map([...server.details].filter(([id]) => !ids.has(id))) }
}

export function domainIdOf(scope: Scope): number | undefined {
  return scope === 'server' ? undefined : Number(scope.slice('domain:'.length))
}
