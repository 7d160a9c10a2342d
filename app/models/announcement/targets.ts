import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'

export const mostTargets = 200

export interface Target {
  readonly name: string
  readonly contractId?: number
  readonly serverId?: number
  readonly computeNodeId?: number
}

/** What staff named: contracts by their code, servers and compute nodes by their name, one a line. Nothing: all. */
export async function targetsNamed(
  typed: string,
  client: TransactionClientContract
): Promise<Target[]> {
  const names = namesIn(typed)
  if (names.length > mostTargets) {
    throw new Refusal('too_many_targets', 'targets', { limit: mostTargets })
  }
  const ids = async (table: string, column: string) => {
    const rows = await client.from(table).whereIn(column, names).select('id', `${column} as name`)
    return new Map<string, number>(rows.map((row) => [String(row.name), Number(row.id)]))
  }
  const [contracts, servers, nodes] = [
    await ids('contracts', 'code'),
    await ids('servers', 'name'),
    await ids('compute_nodes', 'name'),
  ]
  const targets = names.map((name): Target => {
    if (contracts.has(name)) return { name, contractId: contracts.get(name) }
    if (servers.has(name)) return { name, serverId: servers.get(name) }
    return { name, computeNodeId: nodes.get(name) }
  })
  const unknown = targets.filter((each) =>
    Object.values(each).every((id) => typeof id !== 'number')
  )
  if (unknown.length > 0) {
    throw new Refusal('no_such_target', 'targets', {
      names: unknown.map(({ name }) => name).join('、'),
    })
  }
  return targets
}

function namesIn(typed: string): string[] {
  const names = typed.normalize('NFKC').split(/[\s,、]+/)
  return [...new Set(names.filter((name) => name !== ''))]
}
