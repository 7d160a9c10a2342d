/** Names of a certificate and of a domain: A-labels, lower case. */

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const pattern = new RegExp(`^(?=.{1,253}$)(?:\\*\\.)?(?:${label}\\.)+${label}$`)

/** Whether it is a host name, maybe with `*` for its first label (RFC 6125, 6.4.3); nothing else is ever used. */
export const isNamePattern = (name: string) => pattern.test(name)

/** RFC 6125: a star stands for exactly one label. */
export function covers(patterns: readonly string[], name: string): boolean {
  const wildcard = `*${name.slice(name.indexOf('.'))}`
  return patterns.includes(name) || patterns.includes(wildcard)
}

/** Names under which visitors know a domain's site. */
export const webNames = (domain: string) => [domain, `www.${domain}`]

/** Names that mail programs and mail servers ask for (MAIL-11). */
export const mailNames = (domain: string) =>
  ['mail', 'autoconfig', 'autodiscover', 'mta-sts'].map((first) => `${first}.${domain}`)
