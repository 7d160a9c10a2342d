import { searchKinds, type Found, type SearchKind } from '#models/search/kinds'
import { termOf } from '#models/search/term'

export interface FoundGroup {
  readonly kind: SearchKind
  readonly rows: readonly Found[]
  /** There are others beyond those that are shown. */
  readonly isCut: boolean
}

/** Of each kind. Who is looking for one thing types another letter. */
const shown = 10

/**
 * OPS-07: everything that begins with what was typed, over all contracts. Asked of the rows
 * themselves by their indexes, so that there is nothing beside them that could be out of date.
 */
export async function search(text: string): Promise<FoundGroup[]> {
  const term = termOf(text)
  if (term === null) return []
  const groups: FoundGroup[] = []
  for (const [kind, find] of Object.entries(searchKinds)) {
    const found = await find(term, shown + 1)
    if (found.length === 0) continue
    const rows = found.slice(0, shown)
    groups.push({ kind: kind as SearchKind, rows, isCut: found.length > shown })
  }
  return groups
}
