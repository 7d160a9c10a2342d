export type DomainState = 'deleting' | 'refused' | 'suspended' | 'waiting' | 'live'

interface Facts {
  readonly deletedAt: unknown
  readonly applyError: unknown
  readonly suspendedAt: unknown
  readonly appliedAt: unknown
}

/** What a customer should know first about a domain. */
export function stateOfDomain({
  deletedAt,
  applyError,
  suspendedAt,
  appliedAt,
}: Facts): DomainState {
  if (deletedAt) return 'deleting'
  if (applyError) return 'refused'
  if (suspendedAt) return 'suspended'
  return appliedAt ? 'live' : 'waiting'
}
