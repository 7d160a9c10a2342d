import type { PowerDns, RecordSet, SigningKey } from '#clients/power_dns'
import { setChanges } from '#models/zone/record_sets'

const fed = { kind: 'Master', masters: [] } as const

export interface PrimaryZone {
  readonly name: string
  readonly sets: readonly RecordSet[]
  readonly dnssec: boolean
  /** That it was signed with before, of a name server that may be another one; none yet when absent. */
  readonly keys?: readonly SigningKey[] | null
}

/** Of a signed zone. */
export interface Signature {
  /** DS records for the zone above. */
  readonly signers: readonly string[]
  readonly keys: readonly SigningKey[]
}

/** Only what differs is written, so that doing it again changes nothing. Answers with what a signed zone is signed. */
export async function publishOnPrimary(
  server: PowerDns,
  { name, sets, dnssec, keys }: PrimaryZone
): Promise<Signature | null> {
  const there = await server.zone(name)
  if (there && there.kind !== 'Master') await server.setKind(name, fed)
  if (there) await change(server, name, there.sets, sets)
  else await server.create(name, fed, sets)
  const isSigned = there?.dnssec ?? false
  if (dnssec && !isSigned) await addKeys(server, name, keys ?? [])
  if (isSigned !== dnssec) await server.sign(name, dnssec)
  if (!dnssec) return null
  const signers = await server.delegationSigners(name)
  return { signers, keys: keys?.length ? keys : await server.signingKeys(name) }
}

/** The zone above vouches for these. */
async function addKeys(server: PowerDns, name: string, keys: readonly SigningKey[]) {
  for (const key of keys) await server.addSigningKey(name, key)
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
