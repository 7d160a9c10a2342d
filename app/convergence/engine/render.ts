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
  for (const [index, serverWide] of renderServerWide(services, server).entries()) {
    const service = services[index]
    take(wanted, serverWide)
    for (const domain of domains) {
      take(
        wanted,
        renderAll(service, `domain:${domain.id}`, service.domainResources(domain, server))
      )
    }
  }
  return [...wanted.values()]
}

interface ServerWide {
  readonly heads: string
  readonly services: readonly Service[]
  /** By service, in their order. */
  readonly rendered: readonly (readonly Rendered[])[]
}

/** By server, the last used one last. */
const kept = new Map<number, ServerWide>()
const mostKept = 40

/**
 * Server-wide resources come from heads alone, and few changes touch a head: with the same heads they
 * are the same, and a narrow apply need not write the accounts of 200 domains anew to find that out.
 */
function renderServerWide(services: readonly Service[], server: DesiredServer) {
  const heads = JSON.stringify({ ...server, details: null })
  const last = kept.get(server.id)
  const known =
    last?.heads === heads && sameServices(last.services, services)
      ? last
      : { heads, services, rendered: services.map((service) => serverWideOf(service, server)) }
  kept.delete(server.id)
  kept.set(server.id, known)
  if (kept.size > mostKept) kept.delete(kept.keys().next().value!)
  return known.rendered
}

function sameServices(some: readonly Service[], others: readonly Service[]) {
  return some.length === others.length && some.every((service, index) => service === others[index])
}

function serverWideOf(service: Service, server: DesiredServer) {
  return renderAll(service, 'server', service.serverResources(server))
}

function renderAll(service: Service, scope: Scope, resources: readonly Resource[]): Rendered[] {
  return resources.map((resource) => ({
    key: resourceKey(resource, scope),
    scope,
    service: service.name,
    resource,
    hash: resourceHash(resource),
  }))
}

function take(wanted: Map<string, Rendered>, all: readonly Rendered[]) {
  for (const one of all) {
    const other = wanted.get(one.key)
    if (other) {
      const both = `${other.service} for ${other.scope} and ${one.service} for ${one.scope}`
      throw new ClashingResources(`${one.key} is wanted by ${both}`)
    }
    wanted.set(one.key, one)
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
