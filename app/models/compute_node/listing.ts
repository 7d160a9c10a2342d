import db from '@adonisjs/lucid/services/db'
import { pageOf, type Page } from '#models/page'

export interface ServerOnNode {
  readonly id: number
  readonly name: string
  readonly plan: string
  readonly state: string
  readonly address: string | null
  readonly contract_id: number
  readonly contract_code: string
  readonly contract_name: string
}

/** What runs on a node, and what is kept there until its grace period is over. */
export function serversOn(nodeId: number, page: number): Promise<Page<ServerOnNode>> {
  const columns = ['id', 'name', 'plan', 'state', 'address', 'contract_id']
  const query = db
    .from('servers')
    .join('contracts', 'contracts.id', 'servers.contract_id')
    .where('servers.compute_node_id', nodeId)
    .whereNot('servers.state', 'removed')
    .select(columns.map((name) => `servers.${name}`))
    .select('contracts.code as contract_code', 'contracts.name as contract_name')
    .orderBy('servers.id')
  return pageOf(query, page)
}
