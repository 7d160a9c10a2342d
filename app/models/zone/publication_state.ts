import type Zone from '#models/zone'

/**
 * How far a zone got: `waiting` for a moment, `unreachable` until a name server answers again, `not_received` while the
 * customer's own primary gives nothing.
 */
export type Publication =
  | 'published'
  | 'secondary_waits'
  | 'waiting'
  | 'unreachable'
  | 'refused'
  | 'receiving'
  | 'not_received'

type Published = Pick<
  Zone,
  | 'kind'
  | 'serial'
  | 'publishedSerial'
  | 'secondarySerial'
  | 'publishError'
  | 'receivedAt'
  | 'secondaryTries'
>

export function publicationOf(zone: Published): Publication {
  const { serial, publishedSerial, secondarySerial, publishError } = zone
  if (publishError?.startsWith('refused')) return 'refused'
  if (publishedSerial !== serial) return publishError ? 'unreachable' : 'waiting'
  if (zone.kind === 'secondary') return reception(zone)
  return secondarySerial === serial ? 'published' : 'secondary_waits'
}

function reception({ receivedAt, secondaryTries }: Published): Publication {
  if (receivedAt) return 'published'
  return secondaryTries > 0 ? 'not_received' : 'receiving'
}

/** It ends by itself in a moment: worth watching. */
export function isUnderWay(zone: Published) {
  const publication = publicationOf(zone)
  if (publication === 'secondary_waits') return zone.secondaryTries === 0
  return publication === 'waiting' || publication === 'receiving'
}
