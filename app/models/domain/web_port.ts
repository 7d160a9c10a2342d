import type Domain from '#models/domain'

/** The four ways to a domain's site (DIR-04), and which column says the PHP version of each (WEB-03). */
export const phpColumns = {
  http: 'phpHttp',
  https: 'phpHttps',
  staging_http: 'phpStagingHttp',
  staging_https: 'phpStagingHttps',
} as const satisfies Record<string, keyof Domain>

export type WebPort = keyof typeof phpColumns

export const webPorts = Object.keys(phpColumns) as WebPort[]

export type PhpVersions = Readonly<Record<WebPort, string>>
