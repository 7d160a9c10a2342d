import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { nameServerNames } from '#config/dns'
import { ancestorsOf, reverseName } from '#models/domain/domain_name'
import { publishZone } from '#models/zone/publication'
import type { ZoneLine } from '#models/zone/record'
import { nextSerial } from '#models/zone/serial'

type Client = Pick<TransactionClientContract, 'from'>

/** A zone of ours right below another one of ours. */
export interface ChildZone {
  readonly name: string
  readonly kind: string
  /** A line each; null when it is not signed, or not by us. */
  readonly ds_records: string | null
}

/** Seconds. Short: while a child's signature is being taken off, this is how long others look for it. */
const signerTtl = 60

/** The nearest zones below it; what is below those is their business. */
export async function childrenOf(name: string, client: Client): Promise<ChildZone[]> {
  const above = reverseName(name)
  const all: ChildZone[] = await client
    .from('zones')
    .whereNull('deleted_at')
    .where('reversed_name', '>=', above)
    .where('reversed_name', '<', `${above.slice(0, -1)}/`)
    .whereNot('name', name)
    .select('name', 'kind', 'ds_records')
  const names = new Set(all.map((child) => child.name))
  return all.filter((child) => {
    const between = ancestorsOf(child.name).filter((each) => each.endsWith(`.${name}`))
    return !between.some((each) => names.has(each))
  })
}

/**
 * A signed zone proves that nothing is where it has nothing, so it has to say which names are zones of their own, and
 * whether those are signed (RFC 4035, 2.4 and 5.2): without, validating resolvers refuse all that is in them. Whatever
 * else it has at such a name or below is answered by the zone there.
 */
export function withCuts(
  zone: { readonly name: string; readonly defaultTtl: number },
  lines: readonly ZoneLine[],
  children: readonly ChildZone[]
): ZoneLine[] {
  return children.reduce<ZoneLine[]>((kept, child) => cut(zone, kept, child), [...lines])
}

function cut(
  zone: { readonly name: string; readonly defaultTtl: number },
  lines: readonly ZoneLine[],
  child: ChildZone
): ZoneLine[] {
  const name = child.name.slice(0, -zone.name.length - 1)
  const isBelow = (line: ZoneLine) => line.name === name || line.name.endsWith(`.${name}`)
  const typed = lines.filter((line) => line.name === name)
  const servers = typed.filter(({ type }) => type === 'NS')
  const hosts = new Set(servers.map(({ content }) => content))
  // Name servers of the customer's own that are within the child need their addresses here
  const glue = lines.filter(
    (line) => isBelow(line) && isAddress(line) && hosts.has(`${line.name}.${zone.name}.`)
  )
  return [
    ...lines.filter((line) => !isBelow(line)),
    ...(servers.length > 0 ? servers : ourServers(name, zone.defaultTtl, child)),
    ...glue,
    ...signersOf(name, typed, child),
  ]
}

const isAddress = ({ type }: ZoneLine) => ['A', 'AAAA'].includes(type)

/** What comes from a customer's own primary only our secondary has. */
function ourServers(name: string, ttl: number, { kind }: ChildZone): ZoneLine[] {
  const { primary, secondary } = nameServerNames
  const hosts = kind === 'secondary' ? [secondary] : [primary, secondary]
  return hosts.map((host) => ({ name, type: 'NS', ttl, content: `${host}.` }))
}

/** Only the customer knows how his own primary signs. */
function signersOf(name: string, typed: readonly ZoneLine[], child: ChildZone): ZoneLine[] {
  if (child.kind === 'secondary') return typed.filter(({ type }) => type === 'DS')
  const signers = child.ds_records?.split('\n') ?? []
  return signers.map((content) => ({ name, type: 'DS', ttl: signerTtl, content }))
}

/** A zone came, went or was signed: the nearest signed one above it has to say so, with a new serial for its secondary. */
export async function publishAbove(name: string, client: TransactionClientContract) {
  const above = await client
    .from('zones')
    .whereIn('name', ancestorsOf(name))
    .whereNull('deleted_at')
    .select('id', 'name', 'kind', 'dnssec', 'serial')
  const [nearest] = above.toSorted((one, other) => other.name.length - one.name.length)
  if (!nearest || nearest.kind === 'secondary' || !nearest.dnssec) return
  await client
    .from('zones')
    .where('id', nearest.id)
    .update({ serial: nextSerial(nearest.serial) })
  await publishZone(nearest, client)
}
