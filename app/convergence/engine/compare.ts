import type { Differences, Observed } from '#convergence/agent/requests'
import type { ManifestEntry, Seeds } from '#convergence/engine/manifest'
import { seedsKeyPrefix } from '#convergence/engine/manifest'
import type { Rendered } from '#convergence/engine/render'
import type { Scope } from '#convergence/resource'
import { fromManifestForm } from '#convergence/resources/manifest_form'
import { isRemembered, isSeed, wantedEntry, type WantedEntry } from '#convergence/resources/wire'
import type { Change } from '#convergence/service'

/**
 * Why something differs, from three hashes: what the panel last wrote, what is there, what is wanted.
 * - new: never written, nothing there
 * - foreign: never written, something else is there (a distribution's default)
 * - outdated: as last written; something else is wanted now
 * - edited: neither as last written nor as wanted; somebody changed it by hand
 * - missing: was written and is gone
 * - unwanted: was written and is not wanted any more
 */
export type Cause = 'new' | 'foreign' | 'outdated' | 'edited' | 'missing' | 'unwanted'

export interface Difference extends Change {
  readonly service: string
  readonly cause: Cause
  readonly observed: Observed | null
}

export interface Comparison {
  readonly differences: readonly Difference[]
  /** There already and as wanted, but the manifest does not say so yet. */
  readonly adopted: readonly Rendered[]
  /** How many resources were compared. */
  readonly wanted: number
  readonly observed: number
}

export interface Known {
  readonly rendered: readonly Rendered[]
  readonly entries: ReadonlyMap<string, ManifestEntry>
  readonly seeds: Seeds
}

/** Which of the rendered resources must be looked at on the server. */
export function toObserve(known: Known, everything: boolean): readonly Rendered[] {
  return known.rendered.filter((one) => {
    // New and changed ones were made before; others are there unless somebody took them away.
    if (one.resource.kind === 'volume')
      return everything && known.entries.get(one.key)?.hash === one.hash
    if (isSeed(one.resource)) {
      const made = known.seeds.has(one.scope, one.key)
      // A customer may delete his first page for good; a directory that a daemon needs comes back.
      return !made || (everything && one.resource.kind === 'directory')
    }
    return everything || known.entries.get(one.key)?.hash !== one.hash
  })
}

export function entriesOf(observed: readonly Rendered[]): readonly WantedEntry[] {
  return observed.map((one) => wantedEntry(one.resource, one.scope))
}

export function compare(
  known: Known,
  observed: readonly Rendered[],
  different: Differences
): Comparison {
  const differences: Difference[] = []
  const adopted: Rendered[] = []
  for (const [index, one] of observed.entries()) {
    const entry = known.entries.get(one.key)
    const is = different.get(index)
    if (is !== undefined) differences.push(differenceOf(one, entry, is))
    else if (isRemembered(one.resource) && entry?.hash !== one.hash) adopted.push(one)
  }
  return {
    differences: [...differences, ...unwanted(known)],
    adopted,
    wanted: known.rendered.length,
    observed: observed.length,
  }
}

function differenceOf(
  one: Rendered,
  entry: ManifestEntry | undefined,
  observed: Observed | null
): Difference {
  const { key, scope, service, resource } = one
  const action = observed === null ? 'create' : 'update'
  return { action, key, scope, service, resource, observed, cause: causeOf(entry, observed) }
}

function causeOf(entry: ManifestEntry | undefined, observed: Observed | null): Cause {
  const wasApplied = entry !== undefined && entry.hash !== ''
  if (observed === null) return wasApplied ? 'missing' : 'new'
  if (!entry) return 'foreign'
  const { resource, digest } = fromManifestForm(entry.resource)
  const sameMode = !('mode' in resource) || resource.mode === observed.mode
  return sameMode && digest === observed.digest ? 'outdated' : 'edited'
}

/** From the manifest alone, never from what lies on the server. */
function unwanted(known: Known): Difference[] {
  const keys = new Set(known.rendered.map((one) => one.key))
  const paths = new Set(known.rendered.flatMap(({ resource }) => pathOf(resource)))
  return [...known.entries.values()]
    .filter((entry) => !keys.has(entry.key) && !entry.key.startsWith(seedsKeyPrefix))
    .map(removalOf)
    .filter(({ resource }) => !pathOf(resource).some((path) => paths.has(path)))
}

function removalOf({ key, scope, service, resource }: ManifestEntry): Difference {
  return {
    action: 'remove',
    cause: 'unwanted',
    key,
    scope,
    service,
    resource: fromManifestForm(resource).resource,
    observed: null,
  }
}

/** Where something of another kind takes the same path, putting it there is the removal. */
function pathOf(resource: Change['resource']): string[] {
  return resource.kind === 'file' || resource.kind === 'symlink' || resource.kind === 'directory'
    ? [resource.path]
    : []
}

export function seedsByScope(rendered: readonly Rendered[]): ReadonlyMap<Scope, readonly string[]> {
  const seeds = rendered.filter(({ resource }) => isSeed(resource))
  return new Map(
    [...Map.groupBy(seeds, ({ scope }) => scope)].map(([scope, all]) => [
      scope,
      all.map(({ key }) => key),
    ])
  )
}
