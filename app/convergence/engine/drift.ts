import { askObserve } from '#convergence/agent/requests'
import type { Cause } from '#convergence/engine/compare'
import type { Machinery } from '#convergence/engine/machinery'
import { render } from '#convergence/engine/render'
import { inOrder } from '#convergence/engine/service_order'
import { detailOf, nameOf } from '#convergence/engine/steps'
import { look } from '#convergence/engine/view'
import type { Scope } from '#convergence/resource'

/** One thing that is not as it should be. `edited` and `missing` were changed past the panel. */
export interface Drift {
  readonly cause: Cause
  readonly scope: Scope
  readonly service: string
  readonly name: string
  /** What differs; secrets are digests. */
  readonly detail: string
}

/** Compares all of a server and changes nothing; the next full apply puts it right. */
export async function drift(machinery: Machinery): Promise<readonly Drift[]> {
  const services = inOrder(machinery.services)
  const agent = await machinery.access.agent()
  const { comparison } = await look(
    {
      services,
      server: await machinery.load('all'),
      manifest: await machinery.records.manifest('all'),
      everything: true,
      volumesToo: false,
      render: (server) => render(services, server),
      observe: (entries) => askObserve(agent, entries),
    },
    { strangers: await machinery.records.neverApplied(), frozen: new Set() }
  )
  return comparison.differences.map((difference) => ({
    cause: difference.cause,
    scope: difference.scope,
    service: difference.service,
    name: nameOf(difference.resource),
    detail: detailOf(difference),
  }))
}
