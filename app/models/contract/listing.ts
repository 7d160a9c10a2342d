import db from '@adonisjs/lucid/services/db'
import { containing, pageOf } from '#models/page'
import { endedStates } from '#models/server/end'

export interface ContractRow {
  readonly id: number
  readonly code: string
  readonly name: string
  readonly created_at: string
  readonly servers: number
  /** Null unless staff have stopped it (OPS-07). */
  readonly suspended_at: string | null
}

export function contractRows({ q, page }: { q: string; page: number }) {
  const query = db
    .from('contracts')
    .leftJoin('contract_suspensions', 'contract_suspensions.open_contract_id', 'contracts.id')
    .select('contracts.id', 'contracts.code', 'contracts.name', 'contracts.created_at')
    .select('contract_suspensions.created_at as suspended_at')
    .select(
      db
        .from('servers')
        .whereColumn('servers.contract_id', 'contracts.id')
        .whereNotIn('servers.state', [...endedStates])
        .count('*')
        .as('servers')
    )
    .orderBy('contracts.code')
  if (q !== '') {
    const text = containing(q)
    query.whereRaw("(contracts.code like ? escape '!' or contracts.name like ? escape '!')", [
      text,
      text,
    ])
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

/** What stops with a contract. */
export async function holdingsOfContract(contractId: number) {
  const [{ servers }] = await db
    .from('servers')
    .where('contract_id', contractId)
    .whereNotIn('state', [...endedStates])
    .count('* as servers')
  const [{ domains }] = await db
    .from('domains')
    .where('contract_id', contractId)
    .whereNull('deleted_at')
    .count('* as domains')
  const [{ mailboxes }] = await db
    .from('mailboxes')
    .join('domains', 'domains.id', 'mailboxes.domain_id')
    .where('domains.contract_id', contractId)
    .whereNull('domains.deleted_at')
    .count('* as mailboxes')
  return { servers: Number(servers), domains: Number(domains), mailboxes: Number(mailboxes) }
}
