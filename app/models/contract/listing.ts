import db from '@adonisjs/lucid/services/db'
import { containing, pageOf } from '#models/page'
import { endedStates } from '#models/server/end'

export interface ContractRow {
  readonly id: number
  readonly code: string
  readonly name: string
  readonly created_at: string
  readonly servers: number
}

export function contractRows({ q, page }: { q: string; page: number }) {
  const query = db
    .from('contracts')
    .select('id', 'code', 'name', 'created_at')
    .select(
      db
        .from('servers')
        .whereColumn('servers.contract_id', 'contracts.id')
        .whereNotIn('servers.state', [...endedStates])
        .count('*')
        .as('servers')
    )
    .orderBy('code')
  if (q !== '') {
    const text = containing(q)
    query.whereRaw("(code like ? escape '!' or name like ? escape '!')", [text, text])
  }
  return pageOf<ContractRow>(query, page)
}

export interface ContractedServer {
  readonly id: number
  readonly name: string
  readonly description: string | null
  readonly plan: string
  readonly extra_disk_gb: number
  readonly created_at: string
}

/** PNL-13 契約内容: what the contract has, oldest first. */
export function contractedServers(contractId: number): Promise<ContractedServer[]> {
  return db
    .from('servers')
    .where('contract_id', contractId)
    .select('id', 'name', 'description', 'plan', 'extra_disk_gb', 'created_at')
    .orderBy('id')
}
