import type { StagingKind } from '#models/staging_change/kinds'

/** What somebody wants, and which change was the last one on the page that he saw. */
export type StagingPlan = { readonly seen: number } & (
  | {
      readonly kind: 'swap'
      readonly copiesFirst: boolean
      /** Copied into the other just before: a site that is swapped uses the one that it knows. */
      readonly databases?: { readonly sourceId: number; readonly targetId: number } | null
    }
  /** Names below `html.stage`, as bytes in base64url: file names need not be text. */
  | { readonly kind: 'publish'; readonly chosen: readonly string[] }
  | { readonly kind: 'withdraw'; readonly undoneId: number }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'restore'; readonly generationId: number }
  | { readonly kind: 'discard'; readonly generationId: number }
  | { readonly kind: 'receive'; readonly sourceId: number }
)

/** As they are called in the operation log (PNL-08). */
const actions: Readonly<Record<StagingKind, string>> = {
  swap: 'staging_swap.store',
  publish: 'staging_publication.store',
  withdraw: 'staging_withdrawal.store',
  refresh: 'staging_refresh.store',
  restore: 'staging_restore.store',
  discard: 'staging_generation.destroy',
  receive: 'content_sync.store',
}

export function plansOf(wish: StagingPlan) {
  return {
    kind: wish.kind,
    action: actions[wish.kind],
    copiesFirst: wish.kind === 'swap' && wish.copiesFirst,
    databases: (wish.kind === 'swap' && wish.databases) || null,
    generationId: 'generationId' in wish ? wish.generationId : null,
    chosen: 'chosen' in wish ? wish.chosen : null,
    sourceId: 'sourceId' in wish ? wish.sourceId : null,
    undoneId: 'undoneId' in wish ? wish.undoneId : null,
  }
}
