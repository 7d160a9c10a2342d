import type { Culprit } from '#convergence/engine/blame'
import type { ManifestEntry } from '#convergence/engine/manifest'
import { domainIdOf } from '#convergence/engine/render'
import type { Figures, RunEndState } from '#convergence/engine/run'
import type { View } from '#convergence/engine/view'

type AskedScope = 'all' | readonly number[]

/** With everybody left out that the apply was about it has failed, whatever else was put right. */
export function stateOf(
  nothingToDo: boolean,
  culprits: readonly Culprit[],
  scope: AskedScope
): RunEndState {
  if (culprits.length === 0) return nothingToDo ? 'unchanged' : 'done'
  const left = new Set(culprits.map(({ domainId }) => domainId))
  if (scope === 'all' || scope.some((id) => !left.has(id))) return 'partial'
  return culprits.some(({ refusal }) => refusal.phase !== 'check') ? 'rolled_back' : 'failed'
}

/** Domains that are asked about or remembered, and not wanted any more. */
export function goneDomains(
  scope: AskedScope,
  manifest: readonly ManifestEntry[],
  present: readonly { readonly id: number }[]
): readonly number[] {
  const ids = new Set(present.map(({ id }) => id))
  const asked = scope === 'all' ? [] : scope
  const known = manifest.flatMap((entry) => domainIdOf(entry.scope) ?? [])
  return [...new Set([...asked, ...known])].filter((id) => !ids.has(id))
}

export function figuresOf(
  view: View | undefined,
  roundTrips: number,
  ms: Readonly<Record<string, number>>
): Figures {
  const { wanted = 0, observed = 0, differences = [] } = view?.comparison ?? {}
  const { operations = [], activations = [] } = view?.plan ?? {}
  return {
    wanted,
    observed,
    different: differences.length,
    files: operations.length,
    activations: activations.length,
    roundTrips,
    ms,
  }
}

/** Milliseconds by phase; a phase that comes again adds up. */
export class Stopwatch {
  readonly ms: Record<string, number> = {}

  async time<T>(phase: string, work: () => Promise<T> | T): Promise<T> {
    const began = performance.now()
    try {
      return await work()
    } finally {
      this.add({ [phase]: performance.now() - began })
    }
  }

  add(more: Readonly<Record<string, number>>) {
    for (const [phase, ms] of Object.entries(more)) {
      this.ms[phase] = Math.round(((this.ms[phase] ?? 0) + ms) * 10) / 10
    }
  }
}
