import { setImmediate as breathe } from 'node:timers/promises'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type Account from '#models/account'
import { chunked } from '#models/batches'
import type Domain from '#models/domain'
import { farthest, ownerOf } from '#models/mailbox/forward_loop'

/** Who a user's mail goes on to, by his address; with the domain and contract that he is of. */
interface Node {
  readonly domainId: number
  readonly contractId: number
  readonly targets: readonly string[]
}

interface Asker {
  readonly domain: Domain
  readonly by: Account
  readonly client: TransactionClientContract
}

/**
 * MAIL-07 for many users at once: `lists` has what each address is to forward to. Answers, for those
 * whose mail would come back to them, its way in addresses. Looks along the forwards of all users of
 * this panel, where those of `lists` count as they will be.
 */
export async function loopsAmong(
  lists: ReadonlyMap<string, readonly string[]>,
  asker: Asker
): Promise<Map<string, string[]>> {
  const graph = onlyCycles(await reachable(lists, asker))
  const loops = new Map<string, string[]>()
  for (const start of lists.keys()) {
    if (!graph.has(start)) continue
    await breathe()
    const way = wayBack(start, graph, asker)
    if (way) loops.set(start, way)
  }
  return loops
}

async function reachable(lists: ReadonlyMap<string, readonly string[]>, asker: Asker) {
  const { id: domainId, contractId } = asker.domain
  const nodes = new Map<string, Node>(
    [...lists].map(([address, targets]) => [address, { domainId, contractId, targets }])
  )
  let fresh = [...nodes.values()]
  for (let hop = 0; hop < farthest && fresh.length > 0; hop++) {
    const next = new Set(fresh.flatMap(({ targets }) => targets.map(ownerOf)))
    const found = await nodesOf(
      [...next].filter((address) => !nodes.has(address)),
      asker
    )
    for (const [address, node] of found) nodes.set(address, node)
    fresh = [...found.values()]
  }
  return nodes
}

/** The users of this panel that have these addresses. */
async function nodesOf(addresses: readonly string[], { client }: Asker) {
  const nodes = new Map<string, Node & { targets: string[] }>()
  for (const logins of chunked(addresses)) {
    const accounts = await client
      .from('accounts')
      .whereIn('login', logins)
      .whereNotNull('mailbox_id')
      .select('login', 'mailbox_id', 'domain_id', 'contract_id')
    const byId = new Map<number, Node & { targets: string[] }>()
    for (const row of accounts) {
      const node = { domainId: row.domain_id, contractId: row.contract_id, targets: [] }
      byId.set(row.mailbox_id, node)
      nodes.set(row.login, node)
    }
    // Nobody else may close the loop meanwhile (see `findLoop`).
    const forwards = await client
      .from('mailbox_forwards')
      .whereIn('mailbox_id', [...byId.keys()])
      .forShare()
      .select('mailbox_id', 'address')
    for (const row of forwards) {
      byId.get(row.mailbox_id)!.targets.push(row.address)
    }
  }
  return nodes
}

/** Without those whose mail ends somewhere: of a usual file nobody stays. */
function onlyCycles(nodes: Map<string, Node>): Map<string, Node> {
  let left = nodes
  for (;;) {
    const kept = new Map(
      [...left].filter(([, { targets }]) => targets.some((to) => left.has(ownerOf(to))))
    )
    if (kept.size === left.size) return kept
    left = kept
  }
}

/** The shortest one. */
function wayBack(start: string, graph: ReadonlyMap<string, Node>, asker: Asker) {
  const seen = new Set<string>()
  let ways: (readonly string[])[] = [[start]]
  for (let hop = 0; hop < farthest && ways.length > 0; hop++) {
    const next: (readonly string[])[] = []
    for (const way of ways) {
      for (const to of graph.get(ownerOf(way.at(-1)!))?.targets ?? []) {
        const owner = ownerOf(to)
        if (owner === start) return namesOn([...way, to], graph, asker)
        if (!graph.has(owner) || seen.has(owner)) continue
        seen.add(owner)
        next.push([...way, to])
      }
    }
    ways = next
  }
  return null
}

/** Where other customers forward their mail is told to nobody; what was typed first is known. */
function namesOn(way: readonly string[], graph: ReadonlyMap<string, Node>, { domain, by }: Asker) {
  return way.map((address, index) => {
    const node = graph.get(ownerOf(address))!
    const isOwn =
      node.domainId === domain.id || (by.isContractor && by.contractId === node.contractId)
    return index <= 1 || isOwn ? address : '（別のドメインの転送）'
  })
}
