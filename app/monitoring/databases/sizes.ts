import { integerOf, recordOf } from '#convergence/agent/shapes'
import type Domain from '#models/domain'
import type Server from '#models/server'
import { inquire, type Answer } from '#monitoring/questions'

export interface DatabaseSizes {
  /** Bytes on the server's disk, by name; null: a program dropped it. */
  readonly sizes: ReadonlyMap<string, number | null>
  readonly total: number
  /** The domain took more than it has: until there is room, nothing is written. */
  readonly isOver: boolean
}

/** WEB-04, PNL-05: asked of the server each time. */
export async function databaseSizes(
  server: Server,
  domain: Domain,
  names: readonly string[]
): Promise<Answer<DatabaseSizes>> {
  if (names.length === 0) return { value: { sizes: new Map(), total: 0, isOver: false } }
  const given = { domain: domain.name, databases: names }
  return inquire(server, 'database_sizes', given, (answer) => {
    const told = recordOf(answer)
    const read = recordOf(told.sizes)
    const sizes = new Map(
      names.map((name) => [name, read[name] === null ? null : integerOf(read[name], 2 ** 50)])
    )
    const total = [...sizes.values()].reduce<number>((sum, each) => sum + (each ?? 0), 0)
    return { sizes, total, isOver: told.over === true }
  })
}
