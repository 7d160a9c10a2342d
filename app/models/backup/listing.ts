import db from '@adonisjs/lucid/services/db'
import type { BackupState } from '#models/backup'
import { pageOf } from '#models/page'

export interface BackupRow {
  readonly id: number
  readonly kind: 'domain' | 'share'
  readonly name: string
  readonly state: BackupState
  readonly reason: string | null
  readonly bytes: number | null
  readonly sent_bytes: number | null
  readonly created_at: string
  readonly finished_at: string | null
  readonly verified_at: string | null
  readonly damaged: number | null
  readonly removed_at: string | null
  readonly server_name: string | null
}

const columns = [
  ...['id', 'kind', 'name', 'state', 'reason', 'bytes', 'sent_bytes', 'created_at'],
  ...['finished_at', 'verified_at', 'damaged', 'removed_at'],
].map((name) => `backups.${name}`)

/** The newest of each domain and each server; those that went wrong come first. */
export function latestBackups(page: number) {
  const latest = db.from('backups').groupBy('kind', 'domain_id', 'server_id').max('id')
  const query = db
    .from('backups')
    .leftJoin('servers', 'servers.id', 'backups.server_id')
    .whereIn('backups.id', latest)
    .whereNull('backups.removed_at')
    .select(...columns, 'servers.name as server_name')
    .orderByRaw(
      "case when backups.state = 'failed' or backups.damaged > 0 then 0 when backups.state = 'partial' then 1 else 2 end"
    )
    .orderBy('backups.id', 'desc')
  return pageOf<BackupRow>(query, page)
}

/** All of the same domain or server, newest first. */
export function backupsOfSet(
  { kind, domainId, serverId }: { kind: string; domainId: number | null; serverId: number },
  count = 14
): Promise<BackupRow[]> {
  return db
    .from('backups')
    .where(kind === 'domain' ? { kind, domain_id: domainId } : { kind, server_id: serverId })
    .select(...columns)
    .orderBy('id', 'desc')
    .limit(count)
}

/** Running servers with domains of which nothing was copied for longer than a day and a half. */
export async function domainsWithoutBackup(
  since: string
): Promise<{ name: string; server_name: string }[]> {
  return db
    .from('domains')
    .join('servers', 'servers.id', 'domains.server_id')
    .whereNull('domains.deleted_at')
    .where('servers.state', 'running')
    .where('domains.created_at', '<', since)
    .whereNotIn(
      'domains.id',
      db
        .from('backups')
        .where('kind', 'domain')
        .whereIn('state', ['done', 'partial'])
        .where('created_at', '>=', since)
        .select('domain_id')
    )
    .select('domains.unicode_name as name', 'servers.name as server_name')
    .orderBy('domains.id')
    .limit(50)
}

export interface ServerTurn {
  readonly id: number
  readonly name: string
  readonly contract_code: string
  /** Of the newest that brought anything. */
  readonly last_at: string | null
}

/** Servers that are to be copied every night; those of which nothing was for the longest time come first. */
export function serverTurns(count = 50): Promise<ServerTurn[]> {
  const last = `(select max(backups.created_at) from backups
    where backups.server_id = servers.id and backups.state in ('done', 'partial')) as last_at`
  return (
    db
      .from('servers')
      .join('contracts', 'contracts.id', 'servers.contract_id')
      .where('servers.state', 'running')
      .select('servers.id', 'servers.name', 'contracts.code as contract_code', db.raw(last))
      // Both databases have what is null first.
      .orderBy('last_at')
      .orderBy('servers.id')
      .limit(count)
  )
}
