import db from '@adonisjs/lucid/services/db'
import type { Feature, RestrictionLevel } from '#models/restriction/feature'

export interface RestrictionRow {
  readonly feature: Feature
  readonly level: RestrictionLevel
  /** Text of UTC (SQLite) or a date (MariaDB). */
  readonly created_at: string | Date
  /** How many users it leaves out. */
  readonly exempt: number
}

/** Of both levels, as `feature level`. */
export async function restrictionsOfDomain(domainId: number) {
  const rows = await db
    .from('restrictions')
    .leftJoin('restriction_exemptions as free', 'free.restriction_id', 'restrictions.id')
    .where('restrictions.domain_id', domainId)
    .groupBy('restrictions.id', 'feature', 'level', 'created_at')
    .select('feature', 'level', 'created_at')
    .count('free.id as exempt')
  return new Map(
    rows.map((row): [string, RestrictionRow] => [
      `${row.feature} ${row.level}`,
      { ...row, exempt: Number(row.exempt) },
    ])
  )
}

/** SSH-03. */
export async function isSshForbidden(domainId: number) {
  const row = await db.from('restrictions').where({ domain_id: domainId, feature: 'ssh' }).first()
  return Boolean(row)
}
