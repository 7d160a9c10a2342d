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
  const decoded = decode(bytes)
  if ('mistake' in decoded) return wrong([decoded.mistake])
  const context = { domain: domain.name, mostMb: domain.quotaMb }
  const { rows, mistakes } = await readTable(decoded.text, sheet, context)
  if (mistakes.length > 0) return wrong(mistakes)
  const plan = await db.transaction((client) => planOf(sheet, rows, { domain, client }, actor))
  if (plan.mistakes.length > 0) return wrong(plan.mistakes, rows.length)
  return { ...plan, total: rows.length }
}

function wrong(mistakes: readonly Mistake[], total = 0): CheckedFile {
  return { changes: [], passwords: new Map(), same: 0, mistakes, total }
}
