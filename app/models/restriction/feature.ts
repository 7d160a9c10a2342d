/** USR-08: what can be restricted, in the order of the page. */
export const features = [
  'virus_warning',
  'spam_check',
  'reject',
  'forwarding',
  'user_script',
  'password',
  'description',
  'ssh',
] as const

export type Feature = (typeof features)[number]

/** Who restricts: the contractor the domain admin and the users, the domain admin the users. */
export type RestrictionLevel = 'contractor' | 'domain_admin'

/** SSH-03: users have no SSH, so only the contractor has somebody to keep from it. */
export function isRestrictable(feature: string, level: RestrictionLevel): feature is Feature {
  if (feature === 'ssh') return level === 'contractor'
  return (features as readonly string[]).includes(feature)
}

export function featuresOf(level: RestrictionLevel): Feature[] {
  return features.filter((feature) => isRestrictable(feature, level))
}
