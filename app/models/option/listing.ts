import db from '@adonisjs/lucid/services/db'
import { pageOf } from '#models/page'

export interface OptionRow {
  readonly id: number
  readonly kind: string
  readonly quantity: number
  readonly started_on: string
  readonly ends_on: string | null
  readonly ended_on: string | null
  readonly server_name: string | null
  readonly domain_name: string | null
}

/** What a contract has on top now, oldest first. */
export function optionRowsOf(contractId: number, page: number) {
  const query = db
    .from('options')
    .leftJoin('domains', 'domains.id', 'options.domain_id')
    .leftJoin('servers', 'servers.id', 'options.server_id')
    .where('options.contract_id', contractId)
    .whereNull('options.ended_on')
    .select('options.id', 'options.kind', 'options.quantity', 'options.started_on')
    .select('options.ends_on', 'options.ended_on')
    .select('servers.name as server_name', 'domains.unicode_name as domain_name')
  return pageOf<OptionRow>(query.orderBy('options.id'), page)
}
