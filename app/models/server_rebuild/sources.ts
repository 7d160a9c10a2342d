import db from '@adonisjs/lucid/services/db'
import Backup from '#models/backup'

/** Of each domain and of what they share: the newest that is whole as far as anybody knows. */
export async function newestOfServer(serverId: number): Promise<Backup[]> {
  const newest = db
    .from('backups')
    .where('server_id', serverId)
    .whereIn('state', ['done', 'partial'])
    .whereNull('removed_at')
    .where((query) => query.whereNull('damaged').orWhere('damaged', 0))
    .groupBy('kind', 'domain_id')
    .max('id')
  return Backup.query().whereIn('id', newest).orderBy('id')
}

export interface Source {
  readonly name: string
  /** Null where nothing can come back. */
  readonly backup: Backup | null
}

/** What would come back, for who decides about it; domains without a copy first. */
export async function sourcesOf(serverId: number): Promise<Source[]> {
  const newest = await newestOfServer(serverId)
  const byDomain = new Map(newest.map((each) => [each.domainId, each]))
  const domains = await db
    .from('domains')
    .where('server_id', serverId)
    .whereNull('deleted_at')
    .select('id', 'unicode_name as name')
    .orderBy('id')
  const sources = domains.map(({ id, name }) => ({ name, backup: byDomain.get(id) ?? null }))
  return sources.toSorted(
    (one, other) => Number(one.backup !== null) - Number(other.backup !== null)
  )
}
