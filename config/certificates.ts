import env from '#start/env'

export const certificatePolicy = {
  /**
   * OPT-05: certificates are told apart by name (SNI), so one address is enough for all. A provider who
   * sells them only with an added address of the server sets this.
   */
  needsAddedAddress: env.get('CERTIFICATES_NEED_ADDED_ADDRESS', false),
}

/** How many a domain may have, used and unused. */
export const certificatesPerDomain = 20

/** Bytes of what may be pasted into one field. */
export const mostPemBytes = 64 * 1024

interface AcmeSettings {
  directory: string
  contact: string | undefined
  authoritiesFile: string | undefined
  ordersPerWeek: number
  patience: number
  renewalDays: number
}

/** WEB-09: the authority that gives certificates by itself (RFC 8555), and how much is asked of it. */
export const acme: AcmeSettings = {
  directory: env.get('ACME_DIRECTORY', 'https://acme-v02.api.letsencrypt.org/directory'),
  /** Where the authority writes to about its own matters. */
  contact: env.get('ACME_CONTACT'),
  /** PEM of authorities that the directory's own TLS certificate may come from, besides the usual ones. */
  authoritiesFile: env.get('ACME_CA_FILE'),
  /** Orders of one domain in seven days; the usual authorities refuse the sixth of the same names. */
  ordersPerWeek: 5,
  /** Milliseconds for one request. */
  patience: 30_000,
  /** Renewed so many days before the end, or after two thirds of a shorter life. */
  renewalDays: 30,
}

/** Days before a certificate's end on which people are told. */
export const warnedDays = [60, 30, 14, 7] as const
