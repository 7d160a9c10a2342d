import { seedsByScope } from '#convergence/engine/compare'
import {
  seedsKeyPrefix,
  unknownHash,
  type ManifestChanges,
  type ManifestEntry,
  type NewManifestEntry,
} from '#convergence/engine/manifest'
import { domainIdOf, type Rendered } from '#convergence/engine/render'
import type { View } from '#convergence/engine/view'
import { fromManifestForm, manifestForm } from '#convergence/resources/manifest_form'
import { isRemembered } from '#convergence/resources/wire'

/** What is about to be touched: entries to be made, and known ones whose state is open from now on. */
export function intentions({ comparison, rendered, entries }: View): {
  created: NewManifestEntry[]
  changed: ManifestEntry[]
} {
  const keys = new Set(comparison.differences.map(({ key }) => key))
  const touched = rendered.filter((one) => keys.has(one.key) && isRemembered(one.resource))
  const volumes = rendered.filter(isVolume).filter(({ key }) => !entries.has(key))
  return {
    created: [...touched.filter(({ key }) => !entries.has(key)), ...volumes].map(entryOf),
    changed: [...keys]
      .flatMap((key) => entries.get(key) ?? [])
      .filter(({ hash }) => hash !== '' && hash !== unknownHash),
  }
}

/** The manifest once everything of the view is in place. */
export function afterwards(view: View): ManifestChanges {
  const { rendered, entries, seeds } = view
  const wanted = new Set(rendered.map(({ key }) => key))
  const changed = changedKeys(view)
  const put = rendered
    .filter((one) => isRemembered(one.resource) && changed.has(one.key))
    .map(entryOf)
  return {
    put: [...put, ...seeds.changedBy(seedsByScope(rendered))],
    remove: [...entries.values()].filter((entry) => !isWanted(entry, wanted, view)),
  }
}

/** Entries of what can only go once the rest holds: volumes, and homes and databases with all in them. */
export function deferred({ remove }: ManifestChanges): readonly ManifestEntry[] {
  return remove.filter(({ resource }) => {
    const { resource: kept } = fromManifestForm(resource)
    if (kept.kind === 'directory') return kept.tree === true
    return kept.kind === 'volume' || kept.kind === 'database'
  })
}

export function isVolume({ resource }: Rendered) {
  return resource.kind === 'volume'
}

function changedKeys({ comparison, rendered, entries }: View): ReadonlySet<string> {
  const stale = rendered.filter((one) => isVolume(one) && entries.get(one.key)?.hash !== one.hash)
  return new Set([
    ...comparison.differences.map(({ key }) => key),
    ...comparison.adopted.map(({ key }) => key),
    ...stale.map(({ key }) => key),
  ])
}

/** The seeds of a scope are remembered as long as the scope is there. */
function isWanted(entry: ManifestEntry, wanted: ReadonlySet<string>, { server }: View) {
  if (!entry.key.startsWith(seedsKeyPrefix)) return wanted.has(entry.key)
  const id = domainIdOf(entry.scope)
  return id === undefined || server.details.has(id)
}

function entryOf({ key, scope, service, resource, hash }: Rendered): NewManifestEntry {
  return { key, scope, service, resource: manifestForm(resource), hash }
}
