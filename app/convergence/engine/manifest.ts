import { hash } from 'node:crypto'
import type { Scope } from '#convergence/resource'

/** What the panel last put on a server, or is about to put: the only source of removals. */
export interface ManifestEntry {
  readonly id: number
  readonly key: string
  readonly scope: Scope
  readonly service: string
  /** As `manifestForm` wrote it. */
  readonly resource: string
  /**
   * Hash of the resource as it was last applied. While an apply is under way, and after one whose end
   * is not known: empty for what was about to be made, `unknownHash` for what was there before.
   */
  readonly hash: string
}

export type NewManifestEntry = Omit<ManifestEntry, 'id'>

export const unknownHash = '?'

/** Scopes that an apply touches; `all` is everything that the server ever had. */
export type TouchedScopes = readonly Scope[] | 'all'

export interface ManifestChanges {
  /** Entries by key; new ones are added, known ones replaced. */
  readonly put: readonly NewManifestEntry[]
  readonly remove: readonly ManifestEntry[]
}

/** Marks the entries of seeds: one per scope, with short hashes of what was made once. */
export const seedsKeyPrefix = 'seeds:'

/** The customer's own files and directories that were made once and are left alone since. */
export class Seeds {
  readonly #known: Map<Scope, Set<string>>

  constructor(entries: Iterable<ManifestEntry>) {
    this.#known = new Map()
    for (const entry of entries) {
      if (!entry.key.startsWith(seedsKeyPrefix)) continue
      this.#known.set(entry.scope, new Set(JSON.parse(entry.resource).made as string[]))
    }
  }

  has(scope: Scope, key: string): boolean {
    return this.#known.get(scope)?.has(shortHash(key)) ?? false
  }

  /** The entries of the scopes that have other seeds than before. */
  changedBy(wanted: ReadonlyMap<Scope, readonly string[]>): NewManifestEntry[] {
    return [...wanted].flatMap(([scope, keys]) => {
      const made = keys.map(shortHash)
      const known = this.#known.get(scope)
      if (known && known.size === made.length && made.every((one) => known.has(one))) return []
      return [seedsEntry(scope, made)]
    })
  }
}

function seedsEntry(scope: Scope, made: readonly string[]): NewManifestEntry {
  const resource = JSON.stringify({ kind: 'seeds', made })
  return { key: `${seedsKeyPrefix}${scope}`, scope, service: '', resource, hash: 'seeds' }
}

/** 64 bits: among the some thousand seeds of one domain no two are the same. */
function shortHash(key: string): string {
  return hash('sha256', key, 'base64url').slice(0, 11)
}
