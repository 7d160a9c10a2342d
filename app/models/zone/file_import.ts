import { checkLines } from '#models/zone/checks'
import type { Finding } from '#models/zone/checks'
import { isSame, keyOf, type ZoneLine } from '#models/zone/record'
import { readZoneFile, type ZoneFile } from '#models/zone/zone_file'

/** `replace`: the zone becomes what the file says; `add`: what isn't there yet comes in. */
export const importModes = ['replace', 'add'] as const
export type ImportMode = (typeof importModes)[number]

/** `at`: the line of the file; null for what the zone has already. */
type Placed = Finding & { readonly line: ZoneLine; readonly at: number | null }

/** What a file would change, before anybody confirms it. */
export interface ImportPlan {
  readonly file: ZoneFile
  /** The zone's records afterwards. */
  readonly records: readonly ZoneLine[]
  readonly removed: readonly ZoneLine[]
  readonly added: readonly ZoneLine[]
  readonly errors: readonly Placed[]
  readonly warnings: readonly Placed[]
}

export function planImport(
  zone: string,
  present: readonly ZoneLine[],
  text: string,
  mode: ImportMode
): ImportPlan {
  const file = readZoneFile(text, zone)
  const read = file.records.map(bare)
  const records = mode === 'replace' ? read : [...present, ...missingIn(present, read)]
  const places = new Map(file.records.map((line) => [keyOf(line), line.line]))
  const findings = checkLines(zone, records).map((each): Placed => {
    const line = records[each.index]
    return { ...each, line, at: places.get(keyOf(line)) ?? null }
  })
  const of = (severity: Finding['severity']) =>
    findings.filter((each) => each.severity === severity)
  return {
    file,
    records,
    removed: without(present, records),
    added: without(records, present),
    errors: of('error'),
    warnings: of('warning'),
  }
}

/** One TTL for a name and a type (RFC 2181, 5.2): that of the records that are there. */
function missingIn(present: readonly ZoneLine[], read: readonly ZoneLine[]) {
  const keys = new Set(present.map(keyOf))
  const ttls = new Map(present.map((line) => [`${line.name} ${line.type}`, line.ttl]))
  return read
    .filter((line) => !keys.has(keyOf(line)))
    .map((line) => ({ ...line, ttl: ttls.get(`${line.name} ${line.type}`) ?? line.ttl }))
}

function without(lines: readonly ZoneLine[], others: readonly ZoneLine[]) {
  const byKey = new Map(others.map((line) => [keyOf(line), line]))
  return lines.filter((line) => {
    const other = byKey.get(keyOf(line))
    return !other || !isSame(line, other)
  })
}

const bare = ({ name, type, ttl, content }: ZoneLine) => ({ name, type, ttl, content })
