import type { AgentClient } from '#convergence/agent/client'
import { askBegin, askObserve, type Differences } from '#convergence/agent/requests'
import type { DesiredServer } from '#convergence/desired_server'
import {
  compare,
  entriesOf,
  toObserve,
  type Comparison,
  type Known,
} from '#convergence/engine/compare'
import type { LeftOut } from '#convergence/engine/left_out'
import { Seeds, type ManifestEntry } from '#convergence/engine/manifest'
import { plan, type Plan } from '#convergence/engine/plan'
import {
  domainIdOf,
  withoutDetails,
  withoutDomains,
  type Rendered,
} from '#convergence/engine/render'
import type { Scope } from '#convergence/resource'
import type { Service } from '#convergence/service'

/** What is wanted, what is there, and what is to be done about it. */
export interface View {
  readonly server: DesiredServer
  readonly rendered: readonly Rendered[]
  /** The manifest of the touched scopes, by key. */
  readonly entries: ReadonlyMap<string, ManifestEntry>
  readonly seeds: Seeds
  readonly comparison: Comparison
  readonly plan: Plan
}

export interface Looking {
  /** In order. */
  readonly services: readonly Service[]
  readonly server: DesiredServer
  readonly manifest: readonly ManifestEntry[]
  /** Look at everything, not only at what changed since the last apply. */
  readonly everything: boolean
  /** Whether volumes are where they should be; not where their quotas are no mounts. */
  readonly volumesToo: boolean
  render(server: DesiredServer): readonly Rendered[]
  /** Asks the server; with its lock when something is to be changed. */
  observe(entries: ReturnType<typeof entriesOf>): Promise<Differences>
}

export async function look(looking: Looking, leftOut: LeftOut): Promise<View> {
  const server = withoutDetails(withoutDomains(looking.server, leftOut.strangers), leftOut.frozen)
  const rendered = looking.render(server)
  const touched = looking.manifest.filter(({ scope }) => !isLeftOut(scope, leftOut))
  const entries = new Map(touched.map((entry) => [entry.key, entry]))
  const known: Known = { rendered, entries, seeds: new Seeds(touched) }
  const observed = toObserve(known, looking.everything).filter(
    ({ resource }) => looking.volumesToo || resource.kind !== 'volume'
  )
  const different = await looking.observe(entriesOf(observed))
  const comparison = compare(known, observed, different)
  const shown = { ...comparison, differences: withoutLostVolumes(comparison.differences) }
  return {
    server,
    rendered,
    entries,
    seeds: known.seeds,
    comparison: shown,
    plan: plan(looking.services, server, shown),
  }
}

function isLeftOut(scope: Scope, { strangers, frozen }: LeftOut) {
  const id = domainIdOf(scope)
  return id !== undefined && (strangers.has(id) || frozen.has(id))
}

/** What lies on a volume that goes, goes with it; nothing needs to be removed one by one. */
function withoutLostVolumes(differences: Comparison['differences']) {
  const mounts = differences.flatMap(({ action, resource }) =>
    action === 'remove' && resource.kind === 'volume' ? [resource.path as string] : []
  )
  if (mounts.length === 0) return differences
  return differences.filter(
    ({ action, resource }) =>
      action !== 'remove' ||
      !('path' in resource) ||
      resource.kind === 'volume' ||
      !lies(resource.path, mounts)
  )
}

function lies(path: string, mounts: readonly string[]) {
  return mounts.some((mount) => path === mount || path.startsWith(`${mount}/`))
}

/**
 * Takes the server's lock, or only looks. Agents that are asked to begin an older run refuse.
 * `onRecovered` gets the runs that the server had to put back first.
 */
export function observerOf(
  agent: AgentClient,
  run: { id: number; dry: boolean; force: boolean },
  onRecovered: (runs: readonly string[]) => Promise<void>
) {
  return async (entries: ReturnType<typeof entriesOf>) => {
    if (run.dry) return askObserve(agent, entries)
    const { different, recovered } = await askBegin(agent, run.id, entries, run.force)
    if (recovered.length > 0) await onRecovered(recovered)
    return different
  }
}
