import { apexLines, type Apex } from '#models/zone/apex'
import { absoluteOf } from '#models/zone/name'
import type { ZoneLine } from '#models/zone/record'
import { recordTypes } from '#models/zone/types'

interface WrittenZone extends Apex {
  readonly name: string
  readonly unicodeName: string
}

/** A master file that BIND and others read (RFC 1035, 5), with the provider's SOA and name servers. */
export function writeZoneFile(zone: WrittenZone, lines: readonly ZoneLine[]): string {
  return [
    `; ${zone.unicodeName}`,
    `$ORIGIN ${zone.name}.`,
    `$TTL ${zone.defaultTtl}`,
    ...[...apexLines(zone), ...inOrder(lines, zone.name)].map(written),
    '',
  ].join('\n')
}

const written = ({ name, ttl, type, content }: ZoneLine) => `${name} ${ttl} IN ${type} ${content}`

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
