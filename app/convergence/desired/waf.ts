import db from '@adonisjs/lucid/services/db'
import type { DesiredWaf } from '#convergence/desired_server'

/** OPT-12: of rows of domains; null where it was never on. */
export async function loadWafs(
  rows: readonly any[]
): Promise<{ readonly of: (row: any) => DesiredWaf | null }> {
  const used = rows.filter(({ waf_mode: mode }) => mode !== null)
  if (used.length === 0) return { of: () => null }
  const exceptions = await db
    .from('waf_exceptions')
    .whereIn(
      'domain_id',
      used.map(({ id }) => id)
    )
    .orderBy('rule')
    .orderBy('path')
    .orderBy('id')
    .select('domain_id', 'rule', 'path')
  const byDomain = Map.groupBy(exceptions, (row) => row.domain_id as number)
  return {
    of: (row) =>
      row.waf_mode === null
        ? null
        : {
            mode: row.waf_mode,
            level: row.waf_level,
            program: row.waf_program,
            exceptions: (byDomain.get(row.id) ?? []).map(({ rule, path }) => ({ rule, path })),
          },
  }
}
