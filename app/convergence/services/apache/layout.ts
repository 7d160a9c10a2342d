import type { DomainHead, WebPort } from '#convergence/desired_server'
import { type AbsolutePath, toAbsolutePath, type UnixName } from '#convergence/syntax/names'

/** Where everything of the web server lies; one place, because front, sites, waker and firewall must agree. */

/** What a visitor connects to (DIR-04), and where his request goes on the domain's own address. */
export const ports: Readonly<Record<WebPort, { readonly front: number; readonly back: number }>> = {
  http: { front: 80, back: 880 },
  https: { front: 443, back: 881 },
  stagingHttp: { front: 11180, back: 882 },
  stagingHttps: { front: 11443, back: 883 },
}

export const webPorts = Object.keys(ports) as WebPort[]

export const isTls = (port: WebPort) => port === 'https' || port === 'stagingHttps'
export const isStaging = (port: WebPort) => port === 'stagingHttp' || port === 'stagingHttps'

/** All back ends are in this network; only root and the front may connect to it. */
export const backNetwork = '127.1.0.0/16'

/** The loopback address that a domain's own web server listens on, below port 1024: no customer can take it. */
export function backAddress({ slot }: Pick<DomainHead, 'slot'>): string {
  if (!Number.isInteger(slot) || slot < 1 || slot > 65534) throw new RangeError(`slot ${slot}`)
  return `127.1.${slot >> 8}.${slot & 255}`
}

export const frontPath = toAbsolutePath('/etc/apache2/apache2.conf')
export const webDirectory = toAbsolutePath('/etc/tsukasa/web')
export const namesDirectory = below(webDirectory, 'names')
export const pagesDirectory = below(webDirectory, 'pages')
/** What the front does on a port, the same for all certificates. */
export const frontRules = (port: WebPort) => below(webDirectory, 'front', `${port}.conf`)
/** One empty file per name for which the front answers an authority's questions (RFC 8555, 8.3). */
export const acmeDirectory = below(webDirectory, 'acme')
export const siteDirectory = (unixName: UnixName) => below(webDirectory, unixName)

/** Root-owned, made and removed by systemd with the domain's web server; `pid` is there while it answers. */
export const runDirectory = toAbsolutePath('/run/tsukasa/web')
/** Where the front sends a request for a domain that is asleep. */
export const wakeSocket = toAbsolutePath('/run/tsukasa/wake.sock')

export const webUnit = (unixName: string) => `tsukasa-web@${unixName}.service`
/** Everything that runs for a domain's site, PHP and CGI included. */
export const sliceUnit = (unixName: string) => `tsukasa-${unixName}.slice`

export function below(directory: AbsolutePath, ...names: readonly string[]): AbsolutePath {
  return toAbsolutePath([directory, ...names].join('/'))
}
