import db from '@adonisjs/lucid/services/db'
import type Account from '#models/account'
import { pageOf } from '#models/page'
import { endedStates } from '#models/server/end'

export interface WaitingDeletion {
  readonly id: number
  readonly name: string
  readonly unicode_name: string
  readonly server_id: number
  readonly server_name: string
  readonly contract_code: string
  readonly contract_name: string
  readonly requested_by: string
  readonly name_claim_id: number | null
  readonly ends_at: string
  readonly created_at: string
}

const shown = [
  'domain_deletions.id',
  'domains.name',
  'domains.unicode_name',
  'servers.id as server_id',
  'servers.name as server_name',
  'contracts.code as contract_code',
  'contracts.name as contract_name',
  'domain_deletions.requested_by',
  'domain_deletions.name_claim_id',
  'domain_deletions.ends_at',
  'domain_deletions.created_at',
]

/** DOM-05: those that end first come first. Without an account: everybody's, for staff. */
export function waitingDeletions(page: number, account?: Account) {
  const query = db
    .from('domain_deletions')
    .join('domains', 'domains.id', 'domain_deletions.domain_id')
    .join('servers', 'servers.id', 'domains.server_id')
    .join('contracts', 'contracts.id', 'domains.contract_id')
    .select(shown)
    .orderBy('domain_deletions.ends_at')
    .orderBy('domain_deletions.id')
  if (account) {
    query.where('domain_deletions.contract_id', account.contractId)
    query.whereNotIn('servers.state', [...endedStates])
  }
  return pageOf<WaitingDeletion>(query, page)
}

/** Which of these domains wait, and until when. */
export async function endsOf(domainIds: readonly number[]): Promise<Map<number, WaitingEnd>> {
  const rows: WaitingEnd[] = await db
    .from('domain_deletions')
    .whereIn('domain_id', [...domainIds])
    .select('id', 'domain_id', 'ends_at')
  return new Map(rows.map((row) => [row.domain_id, row]))
}

export interface WaitingEnd {
  readonly id: number
  readonly domain_id: number
  readonly ends_at: string
}
