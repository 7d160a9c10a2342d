import db from '@adonisjs/lucid/services/db'
import type { Actor } from '#models/actor'
import type Domain from '#models/domain'
import { planOf, type Plan } from '#models/import/plan'
import type { Upload } from '#models/import/upload'
import { decode } from '#models/sheet/encoding'
import type { Mistake } from '#models/sheet/problem'
import type { Sheet } from '#models/sheet/sheet'
import { readTable } from '#models/sheet/table'

export interface CheckedFile extends Plan {
  /** Rows of the file. */
  readonly total: number
}

/** USR-06: the whole file; one wrong row, and nothing of it will be done. */
export async function checkFile(
  domain: Domain,
  sheet: Sheet,
  { bytes }: Upload,
  actor: Actor
): Promise<CheckedFile> {
  const decoded = await decode(bytes)
  if ('mistake' in decoded) return wrong([decoded.mistake])
  const context = { domain: domain.name, mostMb: domain.quotaMb }
  const { rows, mistakes } = await readTable(decoded.text, sheet, context)
  const plan = await db.transaction((client) => planOf(sheet, rows, { domain, client }, actor))
  const all = inOrder([...mistakes, ...plan.mistakes])
  return all.length > 0 ? wrong(all, rows.length) : { ...plan, total: rows.length }
}

/** As somebody goes through the file who mends it: all that is wrong with a row at once. */
function inOrder(mistakes: readonly Mistake[]) {
  return [...mistakes].sort((one, other) => (one.row ?? 0) - (other.row ?? 0))
}

function wrong(mistakes: readonly Mistake[], total = 0): CheckedFile {
  return { changes: [], passwords: new Map(), same: 0, mistakes, total }
}
