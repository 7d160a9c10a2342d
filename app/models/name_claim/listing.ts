import db from '@adonisjs/lucid/services/db'
import type Account from '#models/account'
import { pageOf } from '#models/page'
import type { NameClaimState } from '#models/name_claim'

export interface NameClaimRow {
  readonly id: number
  readonly name: string
  readonly unicode_name: string
  readonly state: NameClaimState
  readonly created_at: string
  readonly proof: string | null
  readonly contract_code: string
  readonly contract_name: string
}

const shown = [
  'name_claims.id',
  'name_claims.name',
  'name_claims.unicode_name',
  'name_claims.state',
  'name_claims.created_at',
  'name_claims.proof',
  'contracts.code as contract_code',
  'contracts.name as contract_name',
]

/** Newest first. */
export function nameClaimRowsOf({ contractId }: Account, page: number) {
  const own = rows().where('name_claims.contract_id', contractId)
  return pageOf<NameClaimRow>(own.orderBy('name_claims.id', 'desc'), page)
}

/** For staff: those that wait for a decision first. */
export function nameClaimRows(page: number) {
  const first = "case name_claims.state when 'proved' then 0 when 'open' then 1 else 2 end"
  return pageOf<NameClaimRow>(rows().orderByRaw(first).orderBy('name_claims.id', 'desc'), page)
}

function rows() {
  return db
    .from('name_claims')
    .join('contracts', 'contracts.id', 'name_claims.contract_id')
    .select(shown)
}

/** Who has the name or one above or below it now, for the person who decides. */
export interface HolderRow {
  readonly name: string
  readonly unicode_name: string
  readonly contract_code: string
  readonly contract_name: string
  readonly server_name: string
  readonly suspended_at: string | null
  readonly deletion_ends_at: string | null
  readonly created_at: string
}

export function holderRows(ids: readonly number[]): Promise<HolderRow[]> {
  return db
    .from('domains')
    .join('contracts', 'contracts.id', 'domains.contract_id')
    .join('servers', 'servers.id', 'domains.server_id')
    .leftJoin('domain_deletions', 'domain_deletions.domain_id', 'domains.id')
    .whereIn('domains.id', [...ids])
    .orderBy('domains.name')
    .select(
      'domains.name',
      'domains.unicode_name',
      'contracts.code as contract_code',
      'contracts.name as contract_name',
      'servers.name as server_name',
      'domains.suspended_at',
      'domain_deletions.ends_at as deletion_ends_at',
      'domains.created_at'
    )
}
