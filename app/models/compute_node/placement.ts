import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import ComputeNode from '#models/compute_node'
import { capacitiesOf, whyNoRoom, type Capacity } from '#models/compute_node/capacity'

/**
 * SRV-01: the node with the most free memory of those that have an address and may be promised so much. One that did not answer at
 * the last reading comes last, one that nobody has read yet before it. What no node has is never promised.
 */
export async function roomiestNode(
  client: TransactionClientContract,
  plan: string
): Promise<ComputeNode> {
  const nodes = await ComputeNode.query({ client }).whereNot('driver', 'adopted').orderBy('id')
  const capacities = await capacitiesOf(nodes, client)
  const [best] = nodes
    .map((node) => ({ node, capacity: capacities.get(node.id)! }))
    .filter(({ node, capacity }) => whyNoRoom(node, capacity, plan) === null)
    .sort(byRoom)
  if (!best) throw new Refusal('no_room_for_a_server')
  return best.node
}

interface Candidate {
  readonly node: ComputeNode
  readonly capacity: Capacity
}

/** The sort is stable: equals stay in the order of their ids. */
function byRoom(one: Candidate, other: Candidate) {
  return (
    Number(one.node.readProblem !== null) - Number(other.node.readProblem !== null) ||
    (other.capacity.freeMemoryMb ?? -1) - (one.capacity.freeMemoryMb ?? -1) ||
    other.capacity.freeAddresses - one.capacity.freeAddresses
  )
}
