import type { PowerDns, RecordSet } from '#clients/power_dns'
import { setChanges } from '#models/zone/record_sets'

const fed = { kind: 'Master', masters: [] } as const

export interface PrimaryZone {
  readonly name: string
  readonly sets: readonly RecordSet[]
  readonly dnssec: boolean
}

/** Only what differs is written, so that doing it again changes nothing. Answers the DS records of a signed zone. */
export async function publishOnPrimary(
  server: PowerDns,
  { name, sets, dnssec }: PrimaryZone
): Promise<readonly string[]> {
  const there = await server.zone(name)
  if (there && there.kind !== 'Master') await server.setKind(name, fed)
  if (there) await change(server, name, there.sets, sets)
  else await server.create(name, fed, sets)
  if ((there?.dnssec ?? false) !== dnssec) await server.sign(name, dnssec)
  return dnssec ? server.delegationSigners(name) : []
}

async function change(
  server: PowerDns,
  name: string,
  there: readonly RecordSet[],
  sets: readonly RecordSet[]
) {
  const changes = setChanges(there, sets)
  if (changes.length > 0) await server.change(name, changes)
}
