import db from '@adonisjs/lucid/services/db'

export interface StaffLogRow {
  readonly seq: number
  readonly at: string
  readonly actor: string
  readonly action: string
  readonly target: string
  readonly detail: string
  readonly ip: string | null
}

const perPage = 50
const shown = ['seq', 'at', 'actor', 'action', 'target', 'detail', 'ip']

export interface StaffLogFilter {
  readonly actor: string
  readonly target: string
  readonly before: number | null
}

/** OPS-07: newest first; pages are places in the chain. */
export async function staffLogRows({ actor, target, before }: StaffLogFilter) {
  const query = db
    .from('staff_logs')
    .select(shown)
    .orderBy('seq', 'desc')
    .limit(perPage + 1)
  if (actor !== '') query.where('actor', actor)
  if (target !== '') query.where('target', target)
  if (before !== null) query.where('seq', '<', before)
  const found: StaffLogRow[] = await query
  const rows = found.slice(0, perPage).map((row) => ({ ...row, details: detailsOf(row.detail) }))
  return { rows, next: found.length > perPage ? Number(rows.at(-1)!.seq) : null }
}

/** As lines that people can read. */
function detailsOf(detail: string): string[] {
  const read: Record<string, unknown> = JSON.parse(detail)
  return Object.entries(read).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`
  )
}
