import { testSuffix } from '#config/domains'

/** What registrars are told: the provider's name servers (DOM-04, OPT-10); a provider changes them here. */
export const nameServerNames = {
  primary: `ns1.${testSuffix}`,
  secondary: `ns2.${testSuffix}`,
} as const

/** RFC 1035, 3.3.13: who is responsible for the zones, with a dot in place of the `@`. */
export const hostmaster = `hostmaster.${testSuffix}`

/** DOM-04: `<domain>.<suffix>` says in the name of every domain which of the provider's machines send its mail. */
export const spfSuffix = 'spf.hosting-pf.net'

/** Seconds that others keep what basic DNS answers; short, so that a site that moves is there soon. */
export const basicTtl = 3600
