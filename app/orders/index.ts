import type { OrderKind } from '#orders/kind'
import { accessAnalysis } from '#orders/kinds/access_analysis'

/** Every kind of order, in the order of the catalogue (M 2.3). */
export const kinds: readonly OrderKind[] = [accessAnalysis]

export function kindOf(name: string): OrderKind {
  const kind = kinds.find((each) => each.name === name)
  if (!kind) throw new Error(`no kind of order: ${name}`)
  return kind
}
