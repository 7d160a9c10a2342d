import { BlockList } from 'node:net'
import { absoluteOf } from '#models/zone/name'
import { octetsOf, tokensOf } from '#models/zone/presentation'
import type { ProblemData, RecordProblemKey } from '#models/zone/problem'
import { keyOf, type ZoneLine } from '#models/zone/record'

/** Something about one record that only its neighbours show. */
export interface Finding {
  /** Position of the record in the list that was checked. */
  readonly index: number
  /** `error`: it can't be saved. */
  readonly severity: 'error' | 'warning'
  readonly key: RecordProblemKey
  readonly data: ProblemData
}

/** OPT-10. */
export const recordsPerZone = 5_000

/**
 * Octets of all names and values: as much as a zone file may have. Both name servers take many times that at once, and
 * looking through it takes a fraction of a second of the panel's time.
 */
export const bytesPerZone = 1_000_000

const shortTtl = 60

/** Records of one zone, by their names. */
class Neighbours {
  readonly byName = new Map<string, { readonly line: ZoneLine; readonly index: number }[]>()
  readonly findings: Finding[] = []

  constructor(
    readonly zone: string,
    readonly lines: readonly ZoneLine[]
  ) {
    lines.forEach((line, index) => {
      const there = this.byName.get(line.name)
      if (there) there.push({ line, index })
      else this.byName.set(line.name, [{ line, index }])
    })
  }

  has(name: string, ...types: readonly string[]) {
    return this.byName.get(name)?.some(({ line }) => types.includes(line.type)) ?? false
  }

  /** Also by a wildcard that stands for it. */
  hasAddress(name: string): boolean {
    if (this.has(name, 'A', 'AAAA')) return true
    if (this.byName.has(name)) return false
    return wildcardsFor(name).some((each) => this.has(each, 'A', 'AAAA'))
  }

  /** `mail.example.jp.` → `mail`; null when it is somebody else's. */
  ownerOf(absolute: string): string | null {
    const name = absolute.slice(0, -1)
    if (name === this.zone) return '@'
    return name.endsWith(`.${this.zone}`) ? name.slice(0, -this.zone.length - 1) : null
  }

  /** Where an alias leads within the zone. */
  ownerOfAlias(name: string): string | null {
    const alias = this.byName.get(name)?.find(({ line }) => line.type === 'CNAME')
    return alias ? this.ownerOf(alias.line.content) : null
  }

  /** The nearest name above (not the zone itself) that was handed to other name servers. */
  delegationAbove(name: string): string | undefined {
    return parents(name).find((each) => this.has(each, 'NS'))
  }

  say(severity: Finding['severity'], index: number, key: RecordProblemKey, data: ProblemData = {}) {
    this.findings.push({ index, severity, key, data })
  }
}

/** All at once: what is wrong with each record beside the others. */
export function checkLines(zone: string, lines: readonly ZoneLine[]): Finding[] {
  const all = new Neighbours(zone, lines)
  if (lines.length > recordsPerZone)
    all.say('error', lines.length - 1, 'too_many_records', { most: recordsPerZone })
  if (sizeOf(lines) > bytesPerZone) all.say('error', lines.length - 1, 'zone_too_large')
  for (const [name, here] of all.byName) {
    checkSets(all, here)
    checkAliases(all, name, here)
    checkPolicies(all, here)
  }
  lines.forEach((line, index) => checkLine(all, line, index))
  return all.findings
}

function sizeOf(lines: readonly ZoneLine[]) {
  return lines.reduce((sum, { name, content }) => sum + name.length + content.length, 0)
}

type Here = readonly { readonly line: ZoneLine; readonly index: number }[]

/** RFC 2181, 5: no record twice, one TTL for all of a name and a type. */
function checkSets(all: Neighbours, here: Here) {
  const keys = new Set<string>()
  const ttls = new Map<string, number>()
  for (const { line, index } of here) {
    if (keys.has(keyOf(line))) all.say('error', index, 'twice')
    keys.add(keyOf(line))
    const ttl = ttls.get(line.type) ?? line.ttl
    ttls.set(line.type, ttl)
    if (ttl !== line.ttl) all.say('error', index, 'ttl_differs', { type: line.type, ttl })
  }
}

/** RFC 1034, 3.6.2. */
function checkAliases(all: Neighbours, name: string, here: Here) {
  const aliases = here.filter(({ line }) => line.type === 'CNAME')
  if (name === '@') for (const { index } of aliases) all.say('error', index, 'cname_at_apex')
  else if (aliases.length > 0 && here.length > aliases.length) {
    // Whoever came last finds the other there
    all.say('error', here.at(-1)!.index, 'cname_beside_others')
  }
  for (const { index } of aliases.slice(1)) all.say('error', index, 'cname_twice')
  if (aliases.length > 0 && isLoop(all, name)) all.say('error', aliases[0].index, 'cname_loop')
}

/** Resolvers follow no more than this. */
const longestChain = 16

/** Back to where it began, or too far to get there. */
function isLoop(all: Neighbours, first: string) {
  let name = all.ownerOfAlias(first)
  for (let steps = 1; name !== null && name !== first; steps++) {
    if (steps > longestChain) return true
    name = all.ownerOfAlias(name)
  }
  return name === first
}

/** RFC 7208, 3.2: with two of them receivers believe neither. */
function checkPolicies(all: Neighbours, here: Here) {
  const policies = here.filter(({ line }) => line.type === 'TXT' && isPolicy(line))
  for (const { index } of policies.slice(1)) all.say('error', index, 'two_spf')
}

function checkLine(all: Neighbours, line: ZoneLine, index: number) {
  byType[line.type]?.(all, line, index)
  if (line.ttl < shortTtl) all.say('warning', index, 'short_ttl', { least: shortTtl })
  if (`${line.name}.`.endsWith(`${all.zone}.`))
    all.say('warning', index, 'doubled_zone_name', { name: absoluteOf(line.name, all.zone) })
  const cut = all.delegationAbove(line.name)
  const isCut = line.name === cut
  if (cut && !['A', 'AAAA'].includes(line.type) && !(isCut && ['NS', 'DS'].includes(line.type)))
    all.say('warning', index, 'hidden_by_delegation', { name: absoluteOf(cut, all.zone) })
}

const byType: Readonly<Record<string, (all: Neighbours, line: ZoneLine, index: number) => void>> = {
  A: checkAddress,
  NS: checkDelegation,
  MX: (all, line, index) => checkTarget(all, line.content.split(' ')[1], index, 'warning'),
  SRV: (all, line, index) => checkTarget(all, line.content.split(' ')[3], index, 'warning'),
  DS: (all, { name }, index) => {
    if (name === '@' || !all.has(name, 'NS')) all.say('error', index, 'ds_without_ns')
  },
  TXT: (all, line, index) => {
    if (!asciiText.test(line.content)) all.say('warning', index, 'not_ascii')
  },
}

/** The zone's own name servers are the provider's; below it names may be handed to others. */
function checkDelegation(all: Neighbours, { name, content }: ZoneLine, index: number) {
  if (name === '@') return all.say('error', index, 'ns_at_apex')
  if (name.startsWith('*')) return all.say('error', index, 'wildcard_delegation')
  checkTarget(all, content, index, 'error')
}

/** RFC 2181, 10.3: what other machines are sent to has addresses, it is no alias. */
function checkTarget(
  all: Neighbours,
  target: string,
  index: number,
  severity: Finding['severity']
) {
  const owner = target === '.' ? null : all.ownerOf(target)
  if (owner === null) return
  const name = target.slice(0, -1)
  if (all.has(owner, 'CNAME')) return all.say(severity, index, 'target_is_alias', { name })
  // Below a cut other name servers may know it; the cut's own servers need their addresses here
  const isElsewhere = all.delegationAbove(owner) !== undefined && severity === 'warning'
  if (!all.hasAddress(owner) && !isElsewhere) {
    const key = severity === 'error' ? 'ns_without_address' : 'target_without_address'
    all.say(severity, index, key, { name })
  }
}

const unreachable = new BlockList()
for (const [network, length] of [
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  unreachable.addSubnet(network, length)
}

function checkAddress(all: Neighbours, { content }: ZoneLine, index: number) {
  if (unreachable.check(content)) all.say('warning', index, 'private_address')
}

/** All strings of a TXT record, in one piece. */
export function textOf(line: ZoneLine) {
  return octets(line).toString('latin1')
}

function octets({ content }: ZoneLine) {
  return Buffer.concat(tokensOf(content).map(({ raw }) => octetsOf(raw)))
}

/** Kept values have one spelling: a `v` is never written as a number. Most of a zone needs no reading then. */
function isPolicy(line: ZoneLine) {
  return /^"["v]/i.test(line.content) && isSpf(textOf(line))
}

/** In the one spelling, what is beyond `~` is a number from 127 on. */
const asciiText = /^(?:[^\\]|\\[\\"]|\\0\d\d|\\1[01]\d|\\12[0-6])*$/

export const isSpf = (text: string) => /^v=spf1( |$)/i.test(text)

/** `a.b` → `a.b`, `b`. */
function parents(name: string) {
  if (name === '@') return []
  const labels = name.split('.')
  return labels.map((_, index) => labels.slice(index).join('.'))
}

/** `a.b` → `*.b`, `*`. */
function wildcardsFor(name: string) {
  return [
    ...parents(name)
      .slice(1)
      .map((each) => `*.${each}`),
    '*',
  ]
}
