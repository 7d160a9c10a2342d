import db from '@adonisjs/lucid/services/db'
import type { DatabaseQueryBuilderContract } from '@adonisjs/lucid/types/querybuilder'
import { unsettledServers, putRightServers } from '#models/attention'
import { boundedCount, pageOf } from '#models/page'
import { beginning } from '#models/search/term'
import type { ServerState } from '#models/server'

export interface StaffServerRow {
  readonly id: number
  readonly name: string
  readonly plan: string
  readonly state: ServerState
  readonly last_run_state: string | null
  readonly last_converged_at: string | null
  readonly address: string | null
  readonly contract_id: number
  readonly contract_code: string
  readonly contract_name: string
  readonly node_name: string
  readonly domains: number
}

/** States of servers, and what staff look for beyond them. */
export const serverFilters = [
  'all',
  'running',
  'building',
  'stopped',
  'failed',
  'unsettled',
  'put_right',
  'ended',
] as const
export type ServerFilter = (typeof serverFilters)[number]

type Query = DatabaseQueryBuilderContract<any>

const states = ['building', 'running', 'stopped', 'failed', 'ended']

/** Each a range of an index; removed servers are only rows for orders and statements. */
const filtered: Record<ServerFilter, () => Query> = {
  all: () => db.from('servers').whereIn('servers.state', states),
  running: () => inState('running'),
  building: () => inState('building'),
  stopped: () => inState('stopped'),
  failed: () => inState('failed'),
  ended: () => inState('ended'),
  unsettled: unsettledServers,
  put_right: putRightServers,
}

const inState = (state: ServerState) => db.from('servers').where('servers.state', state)

const shown = ['id', 'name', 'plan', 'state', 'last_run_state', 'last_converged_at', 'address']
const domainCount =
  '(select count(*) from domains where domains.server_id = servers.id and domains.deleted_at is null) as domains'

/** OPS-07: the servers of all contracts, a page at a time. */
export function staffServerRows(list: { state: ServerFilter; q: string; page: number }) {
  const query = filtered[list.state]()
    .join('contracts', 'contracts.id', 'servers.contract_id')
    .join('compute_nodes', 'compute_nodes.id', 'servers.compute_node_id')
    .select([...shown, 'contract_id'].map((each) => `servers.${each}`))
    .select('contracts.code as contract_code', 'contracts.name as contract_name')
    .select('compute_nodes.name as node_name', db.raw(domainCount))
    .orderBy('servers.id')
  if (list.q !== '') narrow(query, list.q.normalize('NFKC').toLowerCase())
  return pageOf<StaffServerRow>(query, list.page)
}

function narrow(query: Query, text: string) {
  query.where((any: Query) => {
    const ways = ['servers.name', 'servers.address', 'contracts.code', 'compute_nodes.name']
    for (const way of ways) any.orWhere((one: Query) => void beginning(one, way, text))
  })
}

export async function serverCounts() {
  const counts: Partial<Record<ServerFilter, number>> = {}
  for (const each of ['building', 'stopped', 'failed', 'unsettled', 'put_right'] as const) {
    counts[each] = await boundedCount(filtered[each]())
  }
  return counts
}
