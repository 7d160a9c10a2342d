import type Zone from '#models/zone'

/** How far a zone got: `waiting` for a moment, `unreachable` until a name server answers again. */
export type Publication = 'published' | 'secondary_waits' | 'waiting' | 'unreachable' | 'refused'

export function publicationOf(
  zone: Pick<Zone, 'serial' | 'publishedSerial' | 'secondarySerial' | 'publishError'>
): Publication {
  const { serial, publishedSerial, secondarySerial, publishError } = zone
  if (publishError?.startsWith('refused')) return 'refused'
  if (publishedSerial !== serial) return publishError ? 'unreachable' : 'waiting'
  return secondarySerial === serial ? 'published' : 'secondary_waits'
}
