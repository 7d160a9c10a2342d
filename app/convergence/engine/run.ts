import type { ManifestChanges } from '#convergence/engine/manifest'
import type { Culprit } from '#convergence/engine/blame'
import type { Scope } from '#convergence/resource'

/** - `unchanged`: nothing was to be done
 *  - `done`: everything is as wanted
 *  - `partial`: some domains were left as they were, everything else is as wanted
 *  - `rolled_back`: it was switched, did not answer as it must, and everything was put back
 *  - `failed`: it was given up before anything was changed, or its end is not known
 */
export type RunEndState = 'unchanged' | 'done' | 'partial' | 'rolled_back' | 'failed'

export interface RunStart {
  readonly scope: 'all' | readonly number[]
  readonly reason: string
  readonly taskId?: number
  readonly dryRun: boolean
}

/** One line of a run for staff. Secrets are digests. */
export interface Step {
  readonly phase: string
  readonly name: string
  readonly state: 'done' | 'failed' | 'undone' | 'planned' | 'skipped'
  readonly service?: string
  readonly scope?: Scope
  readonly detail?: string
  readonly durationMs?: number
}

export interface Figures {
  /** Resources rendered, looked at on the server, and found different. */
  readonly wanted: number
  readonly observed: number
  readonly different: number
  /** Files, links and directories written or removed. */
  readonly files: number
  readonly activations: number
  readonly roundTrips: number
  /** Milliseconds by phase. */
  readonly ms: Readonly<Record<string, number>>
}

export interface RunEnd {
  readonly state: RunEndState
  readonly dryRun: boolean
  /** For staff. */
  readonly message?: string
  /** Name of the error where the machine itself is short of something, e.g. `ENOSPC`. */
  readonly code?: string
  readonly steps: readonly Step[]
  readonly figures: Figures
  readonly manifest?: ManifestChanges
  /** Domains that are now as wanted. */
  readonly applied: readonly number[]
  readonly culprits: readonly (Culprit & { readonly message: string })[]
}

export interface ConvergeResult {
  readonly runId: number
  readonly state: RunEndState
  readonly message?: string
  readonly code?: string
  readonly figures: Figures
  readonly steps: readonly Step[]
  readonly culprits: readonly (Culprit & { readonly message: string })[]
  /** Domains that are not wanted any more and of which the server has nothing left. */
  readonly gone: readonly number[]
}
