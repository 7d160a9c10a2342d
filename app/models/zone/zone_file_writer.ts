import { absoluteOf } from '#models/zone/name'
import type { ZoneLine } from '#models/zone/record'
import { recordTypes } from '#models/zone/types'

interface WrittenZone {
  readonly name: string
  readonly unicodeName: string
  readonly serial: number
  readonly soaRefresh: number
  readonly soaRetry: number
  readonly soaExpire: number
  readonly soaMinimum: number
  readonly defaultTtl: number
}

export interface Authority {
  /** Host names of our name servers, no dot at the end; the first one is the primary. */
  readonly nameServers: readonly string[]
  /** Mail name of who is asked about the zone: `hostmaster.example.jp`. */
  readonly mailbox: string
}

/** A master file that BIND and others read (RFC 1035, 5). */
export function writeZoneFile(
  zone: WrittenZone,
  lines: readonly ZoneLine[],
  { nameServers, mailbox }: Authority
): string {
  const { name, serial, soaRefresh, soaRetry, soaExpire, soaMinimum } = zone
  const times = [serial, soaRefresh, soaRetry, soaExpire, soaMinimum].join(' ')
  return [
    `; ${zone.unicodeName}`,
    `$ORIGIN ${name}.`,
    `$TTL ${zone.defaultTtl}`,
    `@ IN SOA ${nameServers[0]}. ${mailbox}. ( ${times} )`,
    ...nameServers.map((each) => `@ IN NS ${each}.`),
    ...inOrder(lines, name).map((line) => {
      return `${line.name} ${line.ttl} IN ${line.type} ${line.content}`
    }),
    '',
  ].join('\n')
}

/** The zone itself first, then its names by the end that they share. */
export function inOrder<Line extends ZoneLine>(lines: readonly Line[], zone: string): Line[] {
  const keyed = lines.map((line) => ({ line, key: sortKey(line, zone) }))
  return keyed.toSorted((one, other) => (one.key < other.key ? -1 : 1)).map(({ line }) => line)
}

function sortKey({ name, type, content }: ZoneLine, zone: string) {
  const labels = absoluteOf(name, zone).split('.').reverse().join('.')
  const place = recordTypes.indexOf(type as (typeof recordTypes)[number])
  return `${name === '@' ? '' : labels} ${String.fromCharCode(65 + place)} ${content}`
}
