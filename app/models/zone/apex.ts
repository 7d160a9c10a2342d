import { hostmaster, nameServerNames } from '#config/dns'
import type { ZoneLine } from '#models/zone/record'

/** What the SOA of a zone is made of; seconds but for the serial. */
export interface Apex {
  readonly serial: number
  readonly soaRefresh: number
  readonly soaRetry: number
  readonly soaExpire: number
  readonly soaMinimum: number
  readonly defaultTtl: number
}

/** What every zone begins with (RFC 1035, 3.3.13; RFC 1912, 2.2, 2.8): SOA and the provider's name servers. */
export function apexLines(zone: Apex): ZoneLine[] {
  const { serial, soaRefresh, soaRetry, soaExpire, soaMinimum, defaultTtl: ttl } = zone
  const times = [serial, soaRefresh, soaRetry, soaExpire, soaMinimum].join(' ')
  const soa = `${nameServerNames.primary}. ${hostmaster}. ${times}`
  const servers = Object.values(nameServerNames)
  return [
    { name: '@', type: 'SOA', ttl, content: soa },
    ...servers.map((name) => ({ name: '@', type: 'NS', ttl, content: `${name}.` })),
  ]
}
