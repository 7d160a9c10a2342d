import { checkLines, type Finding } from '#models/zone/checks'
import type { ZoneDraft, StoredLine } from '#models/zone/draft'
import { inputOf, ZoneMistakes, type RowMistake } from '#models/zone/mistakes'
import { readOwner, unicodeOf, type Reading } from '#models/zone/name'
import { octetsOf, tokensOf } from '#models/zone/presentation'
import { RecordProblem } from '#models/zone/problem'
import type { ZoneLine } from '#models/zone/record'
import { readTtl } from '#models/zone/ttl'
import { isRecordType, readContent } from '#models/zone/types'

/** One row of the table as it was typed. */
export interface TableRow {
  /** `r12` is the record with that id, `n1` a new one. */
  readonly key: string
  readonly name: string
  readonly ttl: string
  readonly type: string
  readonly content: string
  readonly remove: boolean
}

interface TypedLine {
  readonly key: string
  readonly line: ZoneLine
  /** Null when it was left to the panel. */
  readonly ttl: number | null
  readonly old: StoredLine | undefined
}

export interface TableOutcome {
  readonly mistakes: readonly RowMistake[]
  readonly warnings: readonly RowMistake[]
  /** What becomes of each row. */
  readonly lines: ReadonlyMap<string, ZoneLine>
}

interface TableZone {
  readonly name: string
  readonly defaultTtl: number
}

/** New rows in which nothing was typed are no records. */
const isEmpty = ({ key, name, ttl, content }: TableRow) =>
  key.startsWith('n') && [name, ttl, content].every((each) => each.trim() === '')

/** OPT-10: the rows of a form become the zone's records; with mistakes nothing is to be kept. */
export function applyTable(
  draft: ZoneDraft,
  zone: TableZone,
  rows: readonly TableRow[]
): TableOutcome {
  const mistakes: RowMistake[] = []
  const typed: TypedLine[] = []
  for (const row of rows.filter((each) => !isEmpty(each))) {
    const old = row.key.startsWith('r') ? draft.find(Number(row.key.slice(1))) : undefined
    if (row.key.startsWith('r') && !old) {
      mistakes.push({ row: row.key, input: 'content', key: 'gone', data: {} })
    } else if (row.remove) {
      if (old) draft.remove(old.id)
    } else {
      const line = attempt(row, () => readRow(row, zone, old), mistakes)
      if (line) typed.push(line)
    }
  }
  return placed(draft, zone, typed, mistakes)
}

function placed(
  draft: ZoneDraft,
  zone: TableZone,
  typed: readonly TypedLine[],
  mistakes: RowMistake[]
): TableOutcome {
  const ttls = ttlsOf(draft, zone, typed)
  const rowOf = new Map<ZoneLine, string>()
  const lines = new Map<string, ZoneLine>()
  for (const { key, line, ttl, old } of typed) {
    const isNew = ttl !== null && ttl !== old?.ttl
    const full = { ...line, ttl: isNew ? ttl : (ttls.get(setOf(line)) ?? ttl ?? zone.defaultTtl) }
    const kept = draft.put(full, old?.id)
    rowOf.set(kept, key)
    lines.set(key, kept)
  }
  draft.alignTtls(ttls)
  const place = (finding: Finding) => placeOf(finding, draft.records, rowOf)
  const findings = checkLines(zone.name, draft.records)
  const [errors, warnings] = ['error', 'warning'].map((each) =>
    findings.filter(({ severity }) => severity === each).map(place)
  )
  return { mistakes: [...mistakes, ...errors], warnings, lines }
}

/** What of it can't be is said by all of its mistakes at once. */
export function refuseMistakes({ mistakes }: Pick<TableOutcome, 'mistakes'>) {
  if (mistakes.length > 0) throw new ZoneMistakes(mistakes)
}

/** Of records that came from elsewhere than from a table. */
export function refuseErrors(zone: string, lines: readonly ZoneLine[]) {
  const errors = checkLines(zone, lines).filter(({ severity }) => severity === 'error')
  refuseMistakes({ mistakes: errors.map((each) => placeOf(each, lines, new Map())) })
}

function attempt<Result>(row: TableRow, work: () => Result, mistakes: RowMistake[]) {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof RecordProblem)) throw error
    mistakes.push({ row: row.key, input: error.field, key: error.key, data: error.data })
  }
}

function readRow(row: TableRow, zone: TableZone, old?: StoredLine): TypedLine {
  const reading: Reading = { zone: zone.name, origin: zone.name, strict: false }
  if (!isRecordType(row.type)) throw new RecordProblem('unknown_type', {}, 'type')
  const name = readOwner(row.name, reading)
  const ttl = row.ttl.trim() === '' ? null : readTtl(row.ttl)
  const content = readContent(row.type, row.content, reading)
  const line = { name, type: row.type, content, ttl: ttl ?? 0 }
  return { key: row.key, line, ttl, old }
}

const setOf = ({ name, type }: Pick<ZoneLine, 'name' | 'type'>) => `${name} ${type}`

/** A TTL that was typed anew is meant for all records of its name and type (RFC 2181, 5.2). */
function ttlsOf(draft: ZoneDraft, zone: TableZone, typed: readonly TypedLine[]) {
  const ttls = new Map(draft.records.map((line) => [setOf(line), line.ttl]))
  for (const { line, ttl, old } of typed) {
    if (ttl !== null && ttl !== old?.ttl) ttls.set(setOf(line), ttl)
    if (ttl === null && old) ttls.set(setOf(line), zone.defaultTtl)
  }
  return ttls
}

function placeOf(
  finding: Finding,
  lines: readonly ZoneLine[],
  rowOf: ReadonlyMap<ZoneLine, string>
): RowMistake {
  const line = lines[finding.index]
  const { key, data } = finding
  return { row: rowOf.get(line) ?? null, input: inputOf(finding), key, data, line }
}

/** As people write it: text without quotes, Japanese names in Japanese. */
export function typedContent(line: ZoneLine, zone: string): string {
  if (line.type !== 'TXT') return line.content
  const octets = Buffer.concat(tokensOf(line.content).map(({ raw }) => octetsOf(raw)))
  const text = octets.toString('utf8')
  const reading = { zone, origin: zone, strict: false }
  try {
    return readContent('TXT', text, reading) === line.content ? text : line.content
  } catch {
    return line.content
  }
}

export const typedName = ({ name }: Pick<ZoneLine, 'name'>) => unicodeOf(name)
