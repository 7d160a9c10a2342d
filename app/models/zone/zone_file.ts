import { readName, readOwner, type Reading } from '#models/zone/name'
import { refuseControls, tokensOf, type Token } from '#models/zone/presentation'
import { RecordProblem, type ProblemData } from '#models/zone/problem'
import { keyOf, type ZoneLine } from '#models/zone/record'
import { recordsPerZone } from '#models/zone/checks'
import { readTtl, secondsOf } from '#models/zone/ttl'
import { isRecordType, readTokens } from '#models/zone/types'

/** Lines of a file that mean nothing here, and what was made of them. */
export const fileNotes = ['soa', 'apex_ns', 'dnssec', 'twice', 'ttl_differs'] as const

/** What a file can have that is not taken in: the rest of it would be something else than was meant. */
export const fileProblems = [
  'include',
  'generate',
  'directive',
  'origin',
  'class',
  'no_owner',
  'no_ttl',
  'nothing',
  'type',
  'too_large',
  'too_many',
  'line_too_long',
] as const

export interface FileNote {
  readonly line: number
  readonly key: (typeof fileNotes)[number]
}

/** `key` is a file's own problem or one of a record. */
export interface FileMistake {
  readonly line: number
  readonly key: string
  readonly isOfRecord: boolean
  readonly data: ProblemData
}

export interface FileSettings {
  readonly soaRefresh: number
  readonly soaRetry: number
  readonly soaExpire: number
  readonly soaMinimum: number
}

export interface ZoneFile {
  readonly records: readonly (ZoneLine & { readonly line: number })[]
  readonly settings: FileSettings | null
  readonly notes: readonly FileNote[]
  readonly mistakes: readonly FileMistake[]
}

/** Characters; 5,000 records with comments need less than a quarter. */
export const largestFile = 1_000_000
const longestLine = 20_000
const mostLines = 20_000
/** The rest is most likely wrong for the same reason. */
const mostMistakes = 50

/** What the name servers make themselves (DNSSEC), and what went out of use. */
const made = ['RRSIG', 'DNSKEY', 'NSEC', 'NSEC3', 'NSEC3PARAM', 'CDS', 'CDNSKEY', 'ZONEMD']

class FileProblem extends Error {
  constructor(
    readonly key: (typeof fileProblems)[number],
    readonly data: ProblemData = {}
  ) {
    super(key)
  }
}

/** A master file as BIND and others write it (RFC 1035, 5; RFC 2308 for `$TTL`). Nothing is read from elsewhere. */
export function readZoneFile(text: string, zone: string): ZoneFile {
  return new Reader(zone).read(text)
}

const countLines = (text: string) => (text.match(/\r\n|\n|\r/g)?.length ?? 0) + 1

class Reader {
  #origin: string
  #owner: string | null = null
  #ttl: number | null = null
  #lastTtl: number | null = null
  #settings: FileSettings | null = null
  readonly #records = new Map<string, ZoneLine & { readonly line: number }>()
  readonly #ttls = new Map<string, number>()
  readonly #notes: FileNote[] = []
  readonly #mistakes: FileMistake[] = []

  constructor(private readonly zone: string) {
    this.#origin = zone
  }

  read(text: string): ZoneFile {
    if (text.length > largestFile || countLines(text) > mostLines)
      this.#mistake(1, new FileProblem('too_large'))
    else this.#entries(text)
    const records = [...this.#records.values()]
    const [notes, mistakes] = [this.#notes, this.#mistakes]
    return { records, settings: this.#settings, notes, mistakes }
  }

  #entries(text: string) {
    for (const entry of entriesOf(text.replace(/^\ufeff/, ''))) {
      try {
        if (entry.problem) throw entry.problem
        this.#entry(entry)
      } catch (error) {
        this.#mistake(entry.line, error)
      }
      if (this.#mistakes.length >= mostMistakes) return
      if (this.#records.size > recordsPerZone) {
        this.#mistake(entry.line, new FileProblem('too_many', { most: recordsPerZone }))
        return
      }
    }
  }

  #mistake(line: number, error: unknown) {
    const isOfRecord = error instanceof RecordProblem
    if (!isOfRecord && !(error instanceof FileProblem)) throw error
    this.#mistakes.push({ line, key: error.key, isOfRecord, data: error.data })
  }

  #entry(entry: Entry) {
    const tokens = tokensOf(entry.text)
    if (tokens.length === 0) return
    const first = tokens[0]
    if (!entry.isIndented && !first.quoted && first.raw.startsWith('$')) this.#directive(tokens)
    else this.#record(tokens, entry)
  }

  #directive([{ raw }, ...values]: readonly Token[]) {
    const name = raw.toUpperCase()
    if (name === '$INCLUDE') throw new FileProblem('include')
    if (name === '$GENERATE') throw new FileProblem('generate')
    if (name === '$TTL' && values.length === 1) this.#ttl = readTtl(values[0].raw)
    else if (name === '$ORIGIN' && values.length === 1) this.#setOrigin(values[0].raw)
    else throw new FileProblem('directive', { name: raw.slice(0, 20) })
  }

  #setOrigin(raw: string) {
    const name = readName(raw, this.#reading).slice(0, -1)
    if (name === '') throw new FileProblem('origin')
    this.#origin = name
  }

  get #reading(): Reading {
    return { zone: this.zone, origin: this.#origin, strict: true }
  }

  #record(tokens: Token[], { isIndented, line }: Entry) {
    const rest = [...tokens]
    if (!isIndented) this.#owner = rest.shift()!.raw
    if (this.#owner === null) throw new FileProblem('no_owner')
    const stated = takeHead(rest)
    const type = rest.shift()?.raw.toUpperCase() ?? ''
    // A record that isn't taken in belongs to nobody else's zone, either
    const name = readOwner(this.#owner, this.#reading)
    if (stated !== null) this.#lastTtl = stated
    if (type === 'SOA') return this.#soa(rest, line)
    if (made.includes(type)) return this.#note(line, 'dnssec')
    if (type === 'NS' && name === '@') return this.#note(line, 'apex_ns')
    if (type === '') throw new FileProblem('nothing')
    if (!isRecordType(type)) throw new FileProblem('type', { type: type.slice(0, 20) })
    const content = readTokens(type, rest, this.#reading)
    this.#keep({ name, type, ttl: this.#ttlOf(stated), content, line })
  }

  #ttlOf(stated: number | null): number {
    const ttl = stated ?? this.#ttl ?? this.#lastTtl ?? this.#settings?.soaMinimum
    if (ttl === undefined) throw new FileProblem('no_ttl')
    return ttl
  }

  /** RFC 2181, 5.2: what comes first decides for all of the same name and type. */
  #keep(record: ZoneLine & { readonly line: number }) {
    const set = `${record.name} ${record.type}`
    const ttl = this.#ttls.get(set) ?? record.ttl
    this.#ttls.set(set, ttl)
    if (this.#records.has(keyOf(record))) return this.#note(record.line, 'twice')
    if (ttl !== record.ttl) this.#note(record.line, 'ttl_differs')
    this.#records.set(keyOf(record), { ...record, ttl })
  }

  /** Names and serial are the provider's; how long others may wait is the customer's business. */
  #soa(values: readonly Token[], line: number) {
    const [soaRefresh, soaRetry, soaExpire, soaMinimum] = values
      .slice(3)
      .map(({ raw }) => secondsOf(raw) ?? Number.NaN)
    const all = { soaRefresh, soaRetry, soaExpire, soaMinimum }
    if (values.length !== 7 || Object.values(all).some((each) => Number.isNaN(each)))
      throw new RecordProblem('too_few_values', {
        ...{ count: values.length, wanted: 7 },
        example: 'ns1.example.jp. hostmaster.example.jp. 1 3600 900 1209600 900',
      })
    this.#settings = boundedSettings(all)
    this.#note(line, 'soa')
  }

  #note(line: number, key: FileNote['key']) {
    this.#notes.push({ line, key })
  }
}

/** What secondaries and caches can live with (RFC 1912, 2.2; RFC 2308, 5). */
export const settingBounds = {
  soaRefresh: [300, 86_400],
  soaRetry: [60, 43_200],
  soaExpire: [86_400, 2_592_000],
  soaMinimum: [0, 86_400],
} as const

function boundedSettings(read: FileSettings): FileSettings {
  const bounded = Object.entries(settingBounds).map(([key, [least, most]]) => {
    return [key, Math.min(most, Math.max(least, read[key as keyof FileSettings]))]
  })
  return Object.fromEntries(bounded)
}

/** TTL and class stand in front of the type, in either order, or not at all. */
function takeHead(rest: Token[]): number | null {
  let ttl: number | null = null
  for (let isClass = false; rest.length > 0;) {
    const { raw, quoted } = rest[0]
    if (quoted) break
    if (!isClass && /^(IN|CH|HS|CS)$/i.test(raw)) {
      if (!/^IN$/i.test(raw)) throw new FileProblem('class')
      isClass = true
    } else if (ttl === null && /^\d/.test(raw)) ttl = readTtl(raw)
    else break
    rest.shift()
  }
  return ttl
}

interface Entry {
  readonly text: string
  /** Of its beginning. */
  readonly line: number
  readonly isIndented: boolean
  readonly problem?: Error
}

interface OpenEntry extends Entry {
  readonly depth: number
}

/** Lines without their comments; what is in parentheses is one line. */
function* entriesOf(text: string): Generator<Entry> {
  let open: OpenEntry | null = null
  let number = 0
  for (const line of text.split(/\r\n|\n|\r/)) {
    number++
    open = withLine(
      open ?? { text: '', line: number, isIndented: /^[ \t]/.test(line), depth: 0 },
      line
    )
    if (open.depth > 0) continue
    yield open
    open = null
  }
  if (open) yield { ...open, problem: new RecordProblem('parenthesis') }
}

/** With a problem it ends here: what follows is read as lines of their own. */
function withLine(begun: OpenEntry, line: string): OpenEntry {
  if (begun.text.length + line.length > longestLine)
    return { ...begun, depth: 0, problem: new FileProblem('line_too_long') }
  const [plain, problem] = tried(() => plainLine(line, begun.depth))
  if (!plain) return { ...begun, depth: 0, problem }
  return { ...begun, text: `${begun.text} ${plain.text}`, depth: plain.depth }
}

function tried<Result>(work: () => Result): [Result | null, Error | undefined] {
  try {
    return [work(), undefined]
  } catch (error) {
    return [null, error as Error]
  }
}

/** Quotes don't go on in the next line: a forgotten one would swallow the rest of the file. */
function plainLine(line: string, depthBefore: number) {
  let depth = depthBefore
  const parts: string[] = []
  for (const [part] of line.matchAll(/"(?:[^"\\]|\\.)*"?|\\.?|[();]|[^"\\();]+/gsu)) {
    if (part === ';') break
    if (part === '(') depth++
    else if (part === ')') depth--
    else parts.push(part)
    // Nobody nests them; whoever did could make one record of a whole file
    if (depth < 0 || depth > 1) throw new RecordProblem('parenthesis')
    if (part === '(' || part === ')') parts.push(' ')
  }
  const text = parts.join('')
  refuseControls(text)
  return { text, depth }
}
