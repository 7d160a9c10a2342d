import db from '@adonisjs/lucid/services/db'
import type Order from '#models/order'
import { containing, pageOf } from '#models/page'

/** Below so many free ones, staff are told. */
export const fewAddresses = 5

export interface PoolRow {
  readonly id: number
  readonly name: string
  readonly cidr: string
  readonly total: number
  readonly used: number
  readonly reserved: number
  readonly free: number
  readonly isScarce: boolean
}

/** One query, whatever the number of nodes. Adopted machines bring their own address. */
export async function poolRows(nodeId?: number): Promise<PoolRow[]> {
  const query = db
    .from('compute_nodes')
    .leftJoin('server_addresses', 'server_addresses.compute_node_id', 'compute_nodes.id')
    .whereNot('compute_nodes.driver', 'adopted')
    .whereNotNull('compute_nodes.cidr')
    .groupBy('compute_nodes.id', 'compute_nodes.name', 'compute_nodes.cidr')
    .select('compute_nodes.id', 'compute_nodes.name', 'compute_nodes.cidr')
    .count('server_addresses.id as total')
    .count('server_addresses.server_id as used')
    .count('server_addresses.reserved_for as kept')
    .orderBy('compute_nodes.id')
  if (nodeId !== undefined) query.where('compute_nodes.id', nodeId)
  const rows = await query
  return rows.map(({ id, name, cidr, ...counted }) => {
    const [total, used, reserved] = [counted.total, counted.used, counted.kept].map(Number)
    const free = total - used - reserved
    return { id, name, cidr, total, used, reserved, free, isScarce: free < fewAddresses }
  })
}

export const addressStates = ['all', 'free', 'used', 'reserved'] as const
export type AddressState = (typeof addressStates)[number]

export interface AddressRow {
  readonly id: number
  readonly address: string
  readonly reserved_for: string | null
  readonly server_id: number | null
  readonly server_name: string | null
  readonly first_address: string | null
  readonly contract_id: number | null
  readonly contract_code: string | null
}

const shown = [
  'server_addresses.id',
  'server_addresses.address',
  'server_addresses.reserved_for',
  'server_addresses.server_id',
  'servers.name as server_name',
  'servers.address as first_address',
  'servers.contract_id',
  'contracts.code as contract_code',
]

export function addressRows(
  nodeId: number,
  { q, page, state }: { q: string; page: number; state: AddressState }
) {
  const query = db
    .from('server_addresses')
    .leftJoin('servers', 'servers.id', 'server_addresses.server_id')
    .leftJoin('contracts', 'contracts.id', 'servers.contract_id')
    .where('server_addresses.compute_node_id', nodeId)
    .select(shown)
    .orderBy('server_addresses.id')
  if (state === 'used') query.whereNotNull('server_addresses.server_id')
  if (state === 'reserved') query.whereNotNull('server_addresses.reserved_for')
  if (state === 'free') {
    query.whereNull('server_addresses.server_id').whereNull('server_addresses.reserved_for')
  }
  if (q !== '') matching(query, q)
  return pageOf<AddressRow>(query, page, 50)
}

function matching(query: ReturnType<typeof db.from>, q: string) {
  const text = containing(q)
  const columns = ['server_addresses.address', 'servers.name', 'contracts.code']
  query.where((any) => {
    for (const column of columns) any.orWhereRaw(`${column} like ? escape '!'`, [text])
    any.orWhereRaw("server_addresses.reserved_for like ? escape '!'", [text])
  })
}

/** What an order takes an address of: its server's node, or of any for a new server. Empty for what needs none. */
export async function poolsOf({ kind, isOpen, serverId }: Order): Promise<PoolRow[]> {
  if (!isOpen || !['global_ip', 'server_addition'].includes(kind)) return []
  if (serverId === null) return poolRows()
  const server = await db.from('servers').where('id', serverId).select('compute_node_id').first()
  return server ? poolRows(server.compute_node_id) : []
}
