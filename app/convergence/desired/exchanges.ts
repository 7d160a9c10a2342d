import db from '@adonisjs/lucid/services/db'
import type { DesiredExchange } from '#convergence/desired_server'

/** WEB-02: by domain of the server; hardly ever is there one. */
export async function loadExchanges(
  serverId: number
): Promise<ReadonlyMap<number, DesiredExchange>> {
  const rows = await db
    .from('staging_changes')
    .join('domains', 'domains.id', 'staging_changes.domain_id')
    .where('staging_changes.state', 'exchanging')
    .where('domains.server_id', serverId)
    .select('staging_changes.id', 'staging_changes.domain_id', 'staging_changes.kind')
  return new Map(
    rows.map(({ id, domain_id: domainId, kind }) => [
      domainId,
      { serial: id, kind: kind === 'swap' ? 'swap' : 'fill' },
    ])
  )
}
