import db from '@adonisjs/lucid/services/db'
import { basicTtl, nameServerNames, spfSuffix } from '#config/dns'
import { readySuffixes, testSuffix } from '#config/domains'
import { apexLines } from '#models/zone/apex'
import { basicLines, spfName, spfPolicy, usualBasicDns } from '#models/basic_dns/lines'
import type { NamesOf } from '#models/zone/publication'
import { absolute, recordSetsOf, type RecordSetOf } from '#models/zone/record_sets'
import type { ZoneLine } from '#models/zone/record'

/** Zones under the provider's own names; their serials are the name server's business. */
export const providerZones: readonly string[] = [
  ...new Set([testSuffix, spfSuffix, ...readySuffixes]),
]

interface Named {
  readonly name: string
  readonly test_name: string
  readonly kind: string
  readonly address: string | null
}

/** A name that belongs to a domain or a server, and what it says; nothing where there is neither any more. */
export interface OwnedName {
  readonly zone: string
  /** Whole, with a dot at the end. */
  readonly name: string
  readonly sets: readonly RecordSetOf[]
}

/** Types that the panel gives to names in these zones. */
export const ownedTypes = ['A', 'MX', 'TXT'] as const

/** What stands there whoever has a domain: SOA, name servers, and their addresses where they are within the zone. */
export function apexSets(zone: string, addresses: Readonly<Record<string, string>>): RecordSetOf[] {
  const times = { soaRefresh: 3600, soaRetry: 900, soaExpire: 1_209_600, soaMinimum: 900 }
  const lines: ZoneLine[] = apexLines({ serial: 1, defaultTtl: basicTtl, ...times })
  const glue = Object.entries(nameServerNames).flatMap(([role, name]) => {
    if (!name.endsWith(`.${zone}`) || !addresses[role]) return []
    const own = name.slice(0, -zone.length - 1)
    return [{ name: own, type: 'A', ttl: basicTtl, content: addresses[role] }]
  })
  return recordSetsOf(zone, [...lines, ...glue])
}

/** As it is now: whoever has the name when this is asked. */
export async function ownedNames(of: NamesOf): Promise<OwnedName[]> {
  if ('server' in of) {
    const found = await db.from('servers').where('hostname', of.server.hostname).select('address')
    const addresses = found.flatMap(({ address }) => (address ? [String(address)] : []))
    return [nameOf(testSuffix, of.server.hostname, addressLines(addresses))]
  }
  const { name, testName } = of.domain
  const holders = await domains().where((either) => {
    either.where('domains.name', name).orWhere('domains.test_name', testName)
  })
  const same = holders.filter((each: Named) => each.name === name) as Named[]
  const tested = holders.filter((each: Named) => each.test_name === testName) as Named[]
  return [
    nameOf(testSuffix, testName, addressLines(addressesOf(tested))),
    ...spfNames(name, addressesOf(same)),
    ...readyNames(name, addressesOf(same)),
  ]
}

/** Everything of one zone but its apex, for a comparison of the whole. */
export async function allOwnedSets(zone: string): Promise<RecordSetOf[]> {
  const rows = (await domains()) as Named[]
  const owned: OwnedName[] = []
  // One name may be on several servers of its contract
  for (const same of Map.groupBy(rows, ({ name }) => name).values()) {
    const [each] = same
    const addresses = addressesOf(same)
    if (zone === testSuffix) owned.push(...same.map((one) => testNameOf(one)))
    if (zone === spfSuffix) owned.push(...spfNames(each.name, addresses))
    if (each.name.endsWith(`.${zone}`)) owned.push(...readyNames(each.name, addresses))
  }
  const servers = await db.from('servers').whereNotNull('address').select('hostname', 'address')
  for (const { hostname, address } of servers) {
    if (hostname.endsWith(`.${zone}`)) owned.push(nameOf(zone, hostname, addressLines([address])))
  }
  return owned.flatMap(({ sets }) => sets)
}

function domains() {
  return db
    .from('domains')
    .join('servers', 'servers.id', 'domains.server_id')
    .whereNull('domains.deleted_at')
    .select('domains.name', 'domains.test_name', 'domains.kind', 'servers.address')
}

function addressesOf(rows: readonly Named[]) {
  return [...new Set(rows.flatMap(({ address }) => (address ? [address] : [])))]
}

function addressLines(addresses: readonly string[]): ZoneLine[] {
  return addresses.map((content) => ({ name: '@', type: 'A', ttl: basicTtl, content }))
}

function spfNames(name: string, addresses: readonly string[]): OwnedName[] {
  const whole = spfName(name)
  if (!whole) return []
  const line = { name: '@', type: 'TXT', ttl: basicTtl, content: spfPolicy(addresses) }
  return [nameOf(spfSuffix, whole, addresses.length > 0 ? [line] : [])]
}

function testNameOf(one: Named) {
  return nameOf(testSuffix, one.test_name, addressLines(addressesOf([one])))
}

/** `lines` are about the name itself. */
function nameOf(zone: string, whole: string, lines: readonly ZoneLine[]): OwnedName {
  return { zone, name: `${whole}.`, sets: recordSetsOf(whole, lines) }
}

/** DOM-02: a ready domain has what pattern A has, within the provider's zone. */
function readyNames(name: string, addresses: readonly string[]): OwnedName[] {
  const zone = readySuffixes.find((suffix) => name.endsWith(`.${suffix}`))
  if (!zone) return []
  const sets = addresses.length
    ? recordSetsOf(name, basicLines(name, usualBasicDns, addresses))
    : []
  return ['@', 'www', 'mail'].map((label) => {
    const whole = absolute(label, name)
    return { zone, name: whole, sets: sets.filter((set) => set.name === whole) }
  })
}
