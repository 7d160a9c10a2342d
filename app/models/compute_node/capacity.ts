import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type ComputeNode from '#models/compute_node'
import { planOf } from '#models/server/plan'

/** What is left of a node's disk for what its servers have been promised already; below it nothing new is begun. */
export const leastFreeDiskMb = 5 * 1024

/** SRV-01: a node as placing and its page see it. Mebibytes; null where nobody has read it yet. */
export interface Capacity {
  readonly servers: number
  readonly freeAddresses: number
  readonly addresses: number
  /** Memory of the plans of its servers, running or not: they may be started any time. */
  readonly promisedMb: number
  /** How much may be promised. */
  readonly promisableMb: number | null
  /** Read free memory less what was placed there since. */
  readonly freeMemoryMb: number | null
}

/** By the nodes' ids: three queries, however many nodes and servers there are. */
export async function capacitiesOf(
  nodes: readonly ComputeNode[],
  client?: TransactionClientContract
): Promise<Map<number, Capacity>> {
  const from = client ?? db
  const ids = nodes.map(({ id }) => id)
  const plans = await promised(from, ids)
  const fresh = await promised(from, ids, true)
  const addresses = await addressCounts(from, ids)
  return new Map(
    nodes.map((node) => {
      const { id, memoryMb, memoryPercent, freeMemoryMb } = node
      const since = fresh.get(id)?.memoryMb ?? 0
      const { servers, memoryMb: promisedMb } = plans.get(id) ?? { servers: 0, memoryMb: 0 }
      return [
        id,
        {
          ...(addresses.get(id) ?? { addresses: 0, freeAddresses: 0 }),
          ...{ servers, promisedMb },
          promisableMb: memoryMb === null ? null : Math.floor((memoryMb * memoryPercent) / 100),
          freeMemoryMb: freeMemoryMb === null ? null : Math.max(0, freeMemoryMb - since),
        },
      ]
    })
  )
}

type Source = typeof db | TransactionClientContract

/** `onlyFresh`: made after the reading, so that it knows nothing of them. */
async function promised(from: Source, ids: readonly number[], onlyFresh = false) {
  const query = from
    .from('servers')
    .join('compute_nodes', 'compute_nodes.id', 'servers.compute_node_id')
    .whereIn('servers.compute_node_id', [...ids])
    .whereNot('servers.state', 'removed')
    .select('servers.compute_node_id', 'servers.plan')
    .count('* as total')
    .groupBy('servers.compute_node_id', 'servers.plan')
  if (onlyFresh) query.whereColumn('servers.created_at', '>=', 'compute_nodes.read_at')
  const sums = new Map<number, { servers: number; memoryMb: number }>()
  for (const { compute_node_id: id, plan, total } of await query) {
    const sum = sums.get(id) ?? { servers: 0, memoryMb: 0 }
    const count = Number(total)
    sums.set(id, {
      servers: sum.servers + count,
      memoryMb: sum.memoryMb + count * planOf(plan).memoryGb * 1024,
    })
  }
  return sums
}

/** What is kept for somebody is not free. */
async function addressCounts(from: Source, ids: readonly number[]) {
  const isFree = 'server_id is null and reserved_for is null'
  const rows = await from
    .from('server_addresses')
    .whereIn('compute_node_id', [...ids])
    .select('compute_node_id')
    .select(from.raw(`sum(case when ${isFree} then 1 else 0 end) as free`))
    .count('* as addresses')
    .groupBy('compute_node_id')
  return new Map(
    rows.map(({ compute_node_id: id, addresses, free }) => [
      id as number,
      { addresses: Number(addresses), freeAddresses: Number(free) },
    ])
  )
}

/** Whether a server of that plan may be put there; the reason why not. */
export function whyNoRoom(
  node: ComputeNode,
  capacity: Capacity,
  plan: string
): 'closed' | 'addresses' | 'memory' | 'disk' | null {
  const { memoryGb } = planOf(plan)
  if (!node.acceptsServers) return 'closed'
  if (capacity.freeAddresses === 0) return 'addresses'
  const { promisableMb, promisedMb } = capacity
  if (promisableMb !== null && promisedMb + memoryGb * 1024 > promisableMb) return 'memory'
  if (node.freeDiskMb !== null && node.freeDiskMb < leastFreeDiskMb) return 'disk'
  return null
}
