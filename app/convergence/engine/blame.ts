import type { Difference } from '#convergence/engine/compare'
import { domainIdOf } from '#convergence/engine/render'
import type { Scope } from '#convergence/resource'

/** A daemon's checker, an activation or a probe said no. */
export interface Refusal {
  readonly phase: string
  /** The command or what was probed, for staff. */
  readonly name: string
  readonly service?: string
  /** The daemon's own words. */
  readonly message: string
  /** Where the command or the probe concerns one domain alone. */
  readonly scope?: Scope
  /** Name of the error where the machine itself is short of something, e.g. `ENOSPC`. */
  readonly code?: string
}

/** A domain whose change is left out so that everybody else's goes on. */
export interface Culprit {
  readonly domainId: number
  readonly refusal: Refusal
}

/**
 * The domain that a refusal is about: the command's own scope, or the owner of a path that the
 * daemon names. Undefined when only trying can tell.
 */
export function blameByWords(
  refusal: Refusal,
  differences: readonly Difference[]
): number | undefined {
  const own = refusal.scope && domainIdOf(refusal.scope)
  if (own !== undefined) return own
  const owners = ownersByPath(differences)
  for (const path of pathsIn(refusal.message)) {
    const owner = owners.get(path)
    if (owner !== undefined) return owner
  }
  return undefined
}

function ownersByPath(differences: readonly Difference[]): ReadonlyMap<string, number> {
  const owners = new Map<string, number>()
  for (const { scope, resource } of differences) {
    const id = domainIdOf(scope)
    if (id === undefined) continue
    if ('path' in resource && resource.kind !== 'directory') owners.set(resource.path, id)
  }
  return owners
}

function pathsIn(message: string): readonly string[] {
  const found = message.match(/\/[^\s:;,'"()[\]<>]+/g) ?? []
  return found.map((path) => path.replace(/\.$/, ''))
}

/**
 * The first of `ids` with which `fails` begins to be true, when it is false for none of them: about
 * log2(n) tries. With several at fault the first is found; ask again without it.
 */
export async function bisect(
  ids: readonly number[],
  fails: (some: readonly number[]) => Promise<boolean>
): Promise<number | undefined> {
  if (ids.length === 0 || (await fails([]))) return undefined
  let [good, bad] = [0, ids.length]
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (await fails(ids.slice(0, middle))) bad = middle
    else good = middle
  }
  return ids[bad - 1]
}
