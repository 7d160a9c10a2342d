import { nameServerNames } from '#config/dns'
import type { Pattern } from '#models/basic_dns/lines'
import type Domain from '#models/domain'
import NameServer from '#models/name_server'
import type Zone from '#models/zone'
import type { ZoneLine } from '#models/zone/record'
import { Dns } from '#monitoring/dns'

/** `elsewhere`: other name servers than ours; `nowhere`: there is no such name; `unknown`: nobody answered. */
export type DelegationState = 'here' | 'partly' | 'elsewhere' | 'nowhere' | 'unknown'

export interface Delegation {
  readonly state: DelegationState
  /** Whom the world asks now; text from outside. */
  readonly found: readonly string[]
}

/** What one of our name servers answers: a serial, null for nothing, `silent` for no answer. */
export interface AnsweredZone {
  readonly hostname: string
  readonly serial: number | 'silent' | null
  readonly lines: readonly AnsweredLine[]
}

export interface AnsweredLine extends ZoneLine {
  readonly isAnswered: boolean
}

const shown = 6

/** DOM-04: which of our name servers the registrar must name. */
export function wantedNameServers(pattern: Pattern): string[] {
  if (pattern === 'A') return Object.values(nameServerNames)
  return pattern === 'B' ? [nameServerNames.secondary] : []
}

/** DOM-04: whether the registrar points here already. Never fails, never takes long. */
export async function delegationOf(name: string, pattern: Pattern): Promise<Delegation> {
  try {
    const found = await Dns.within((dns) => dns.nameServers(name))
    return { state: stateOf(found, pattern), found: found.slice(0, shown) }
  } catch {
    return { state: 'unknown', found: [] }
  }
}

function stateOf(found: readonly string[], pattern: Pattern): DelegationState {
  if (found.length === 0) return 'nowhere'
  const ours = Object.values(nameServerNames) as string[]
  const wanted = wantedNameServers(pattern)
  const isWhole = wanted.every((each) => found.includes(each))
  // Who asks one that has not the zone gets no answer
  const isStranger = pattern === 'A' && found.some((each) => !ours.includes(each))
  if (isWhole && !isStranger) return 'here'
  return found.some((each) => wanted.includes(each)) ? 'partly' : 'elsewhere'
}

/** The zone as it is answered, by each name server that should have it. */
export async function answeredZones(
  domain: Pick<Domain, 'name'>,
  zone: Zone,
  lines: readonly ZoneLine[]
): Promise<AnsweredZone[]> {
  const { primary, secondary } = await NameServer.both()
  const asked = zone.isSecondary ? [secondary] : [primary, secondary]
  const present = asked.filter((server) => server !== undefined)
  return Promise.all(present.map((server) => answerOf(server, domain.name, lines)))
}

async function answerOf(
  { hostname, address }: NameServer,
  zone: string,
  lines: readonly ZoneLine[]
): Promise<AnsweredZone> {
  try {
    return await Dns.within(
      async (dns) => {
        const serial = await dns.serial(zone)
        const checked = lines.map(async (line) => {
          return { ...line, isAnswered: serial !== null && (await isAnswered(dns, zone, line)) }
        })
        return { hostname, serial, lines: await Promise.all(checked) }
      },
      undefined,
      address
    )
  } catch {
    const unanswered = lines.map((line) => ({ ...line, isAnswered: false }))
    return { hostname, serial: 'silent', lines: unanswered }
  }
}

const questions: Readonly<Record<string, (dns: Dns, name: string) => Promise<readonly string[]>>> =
  {
    A: (dns, name) => dns.addresses(name),
    MX: (dns, name) => dns.exchangeRecords(name),
    TXT: (dns, name) => dns.texts(name),
    CNAME: (dns, name) => dns.aliases(name),
  }

async function isAnswered(dns: Dns, zone: string, { name, type, content }: ZoneLine) {
  const whole = name === '@' ? zone : `${name}.${zone}`
  const found = (await questions[type]?.(dns, whole)) ?? []
  return found.includes(type === 'TXT' ? bare(content) : content)
}

/** Strings of a TXT record put together, as who asks gets them. */
function bare(content: string) {
  return [...content.matchAll(/"([^"]*)"/g)].map(([, text]) => text).join('')
}
