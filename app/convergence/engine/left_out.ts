import type { Culprit, Refusal } from '#convergence/engine/blame'
import type { ManifestEntry } from '#convergence/engine/manifest'
import { domainIdOf } from '#convergence/engine/render'

/** Which domains an attempt goes without, and how. */
export interface LeftOut {
  /** Never applied: as if they did not exist. */
  readonly strangers: ReadonlySet<number>
  /** Applied before: everything of their own stays as it is. */
  readonly frozen: ReadonlySet<number>
}

/** The domains that are to blame, so that everybody else's changes go on without theirs. */
export class Quarantine {
  readonly #applied: ReadonlySet<number>
  readonly #culprits: Culprit[] = []

  constructor(manifest: readonly ManifestEntry[]) {
    const applied = manifest.filter(({ hash }) => hash !== '')
    this.#applied = new Set(applied.flatMap(({ scope }) => domainIdOf(scope) ?? []))
  }

  get culprits(): readonly Culprit[] {
    return this.#culprits
  }

  add(domainId: number, refusal: Refusal) {
    this.#culprits.push({ domainId, refusal })
  }

  has(id: number) {
    return this.#culprits.some(({ domainId }) => domainId === id)
  }

  /** What an attempt goes without, and without these others as well. */
  leftOut(others: readonly number[] = []): LeftOut {
    const all = [...this.#culprits.map(({ domainId }) => domainId), ...others]
    return {
      strangers: new Set(all.filter((id) => !this.#applied.has(id))),
      frozen: new Set(all.filter((id) => this.#applied.has(id))),
    }
  }
}
