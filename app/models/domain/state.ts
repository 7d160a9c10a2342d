export type DomainState = 'deleting' | 'leaving' | 'refused' | 'suspended' | 'waiting' | 'live'

interface Facts {
  readonly deletedAt: unknown
  /** Of a deletion that can still be taken back. */
  readonly endsAt?: unknown
  readonly applyError: unknown
  readonly suspendedAt: unknown
  readonly appliedAt: unknown
}

/** What a customer should know first about a domain. */
export function stateOfDomain({
  deletedAt,
  endsAt,
  applyError,
  suspendedAt,
  appliedAt,
}: Facts): DomainState {
  if (deletedAt) return 'deleting'
  if (endsAt) return 'leaving'
  if (applyError) return 'refused'
  if (suspendedAt) return 'suspended'
  return appliedAt ? 'live' : 'waiting'
}
