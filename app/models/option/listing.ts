import db from '@adonisjs/lucid/services/db'
import { pageOf, type Page } from '#models/page'

export interface OptionRow {
  readonly id: number
  readonly kind: string
  readonly quantity: number
  readonly started_on: string
  readonly ends_on: string | null
  readonly ended_on: string | null
  /** What it is for; null where that is the contract as a whole. */
  readonly name: string | null
}

/** What a contract has on top now, oldest first. */
export async function optionRowsOf(contractId: number, page: number): Promise<Page<OptionRow>> {
  const query = db
    .from('options')
    .leftJoin('domains', 'domains.id', 'options.domain_id')
    .leftJoin('servers', 'servers.id', 'options.server_id')
    .join('contracts', 'contracts.id', 'options.contract_id')
    .where('options.contract_id', contractId)
    .whereNull('options.ended_on')
    .select('options.id', 'options.kind', 'options.quantity', 'options.started_on')
    .select('options.ends_on', 'options.ended_on')
    .select(db.raw('coalesce(domains.unicode_name, servers.name) as name'), 'options.details')
    .select('contracts.name as contract_name')
  const options = await pageOf<FoundOption>(query.orderBy('options.id'), page)
  const rows = options.rows.map(({ contract_name: whole, ...row }) => {
    const name = nameOf(row)
    return { ...row, name: name === whole ? null : name }
  })
  return { ...options, rows }
}

type FoundOption = OptionRow & Named & { readonly contract_name: string }

interface Named {
  readonly name: string | null
  readonly details: string
}

/** Of its domain or server, or what its order called it: the domains of a load balancer, a name that was registered. */
export function nameOf({ name, details }: Named): string | null {
  if (name !== null) return name
  const facts = JSON.parse(details) as { readonly name?: unknown }
  return typeof facts.name === 'string' ? facts.name : null
}
