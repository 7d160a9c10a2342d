import type { ZoneLine } from '#models/zone/record'

/** All values of one name and type (RFC 2181, 5). */
export interface RecordSetOf {
  /** Whole, with a dot at the end. */
  readonly name: string
  readonly type: string
  readonly ttl: number
  readonly contents: readonly string[]
}

/** Values of one set have one TTL (RFC 2181, 5.2): the shortest that was asked for. */
export function recordSetsOf(zone: string, lines: readonly ZoneLine[]): RecordSetOf[] {
  const sets = Map.groupBy(lines, ({ name, type }) => `${name} ${type}`)
  return [...sets.values()].map((all) => ({
    name: absolute(all[0].name, zone),
    type: all[0].type,
    ttl: Math.min(...all.map(({ ttl }) => ttl)),
    contents: [...new Set(all.map(({ content }) => content))],
  }))
}

/** `@`, `www` → `example.jp.`, `www.example.jp.`. */
export function absolute(name: string, zone: string) {
  return name === '@' ? `${zone}.` : `${name}.${zone}.`
}

type Change =
  | ({ readonly change: 'replace' } & RecordSetOf)
  | { readonly change: 'delete'; readonly name: string; readonly type: string }

/** What makes one the other. Nothing when they are the same. */
export function setChanges(there: readonly RecordSetOf[], wanted: readonly RecordSetOf[]) {
  const present = new Map(there.map((set) => [keyOf(set), set]))
  const kept = new Set(wanted.map(keyOf))
  const gone = there.filter((set) => !kept.has(keyOf(set)))
  const fresh = wanted.filter((set) => !isSame(present.get(keyOf(set)), set))
  const changes: Change[] = [
    ...gone.map(({ name, type }) => ({ change: 'delete' as const, name, type })),
    ...fresh.map((set) => ({ change: 'replace' as const, ...set })),
  ]
  return changes
}

const keyOf = ({ name, type }: RecordSetOf) => `${name} ${type}`

function isSame(one: RecordSetOf | undefined, other: RecordSetOf) {
  if (one?.ttl !== other.ttl || one.contents.length !== other.contents.length) return false
  return one.contents.toSorted().join('\n') === other.contents.toSorted().join('\n')
}
