import type { DesiredServer, DomainHead } from '#convergence/desired_server'

/** Seconds that other servers remember it: a week, and a day while it is being tried out. */
const maxAge = { testing: 86_400, enforce: 604_800 } as const

/** RFC 8461, 3.2; null where the domain has no policy, or its mail is not here. */
export function mtaStsPolicy(domain: DomainHead, server: DesiredServer): string | null {
  const { mtaSts: mode, outMx } = domain
  if (mode === 'none' || outMx) return null
  const lines = ['version: STSv1', `mode: ${mode}`, `mx: ${server.hostname}`]
  return [...lines, `max_age: ${maxAge[mode]}`, ''].join('\n')
}
