import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DesiredDomain, DomainHead } from '#convergence/desired_server'
import type { DirectoryResource, FileResource } from '#convergence/resource'
import type { Service } from '#convergence/service'
import { activationsOf, checksOf, probesOf } from '#convergence/services/apache/effects'
import { frontConfiguration, frontRulesOf } from '#convergence/services/apache/front'
import {
  acmeDirectory,
  backAddress,
  below,
  frontPath,
  namesDirectory,
  pagesDirectory,
  siteDirectory,
  webDirectory,
  webPorts,
} from '#convergence/services/apache/layout'
import { pages } from '#convergence/services/apache/pages'
import { serverConfiguration } from '#convergence/services/apache/server_conf'
import { siteConfiguration } from '#convergence/services/apache/site'
import {
  answeredNames,
  certificateProgramFile,
  covers,
  domainTls,
  providerTls,
  tlsDirectory,
} from '#convergence/services/apache/tls'
import {
  confineProgram,
  sliceLimits,
  unitDirectory,
  wakeProgram,
  wakeService,
  wakeSocketUnit,
  webService,
} from '#convergence/services/apache/units'
import { phpDirectory, phpIniDirectory } from '#convergence/services/php/layout'
import { environmentFile } from '#convergence/syntax/systemd'
import type { AbsolutePath } from '#convergence/syntax/names'

/** The front of the server, and one web server per domain behind it (WEB-01, WEB-02, DIR-04). */
export const apache: Service = {
  name: 'apache',
  after: ['accounts', 'directories', 'firewall', 'php', 'waf'],

  serverResources(server) {
    return [
      directory(webDirectory),
      { ...directory(namesDirectory), group: 'www-data', mode: 0o750 },
      directory(pagesDirectory),
      ...pages,
      { ...directory(acmeDirectory), group: 'www-data', mode: 0o750 },
      directory(below(webDirectory, 'front')),
      ...webPorts.map(frontRulesOf),
      // Sites run on this machine, and who else is on it is nothing to them (REL-04)
      { ...directory(tlsDirectory), mode: 0o700 },
      certificateProgramFile(),
      ...providerTls(server),
      file(frontPath, frontConfiguration(server)),
      file(below(webDirectory, 'server.conf'), serverConfiguration),
      file(wakeProgram, textOf('wake.py')),
      { ...file(confineProgram, textOf('confine.sh')), mode: 0o755 },
      file(below(unitDirectory, 'tsukasa-web@.service'), webService(server.phpVersions)),
      directory(below(unitDirectory, 'tsukasa-.slice.d')),
      file(below(unitDirectory, 'tsukasa-.slice.d', 'limits.conf'), sliceLimits),
      file(below(unitDirectory, 'tsukasa-wake.service'), wakeService),
      file(below(unitDirectory, 'tsukasa-wake.socket'), wakeSocketUnit),
      {
        kind: 'symlink',
        path: below(unitDirectory, 'sockets.target.wants', 'tsukasa-wake.socket'),
        target: '../tsukasa-wake.socket',
      },
      { kind: 'unit', name: 'apache2.service' },
      { kind: 'unit', name: 'tsukasa-wake.socket' },
    ]
  },

  domainResources(domain, server) {
    const own = siteDirectory(domain.unixName)
    return [
      { ...directory(own), group: domain.uid, mode: 0o750 },
      {
        ...file(below(own, 'site.conf'), siteConfiguration(domain)),
        group: domain.uid,
        mode: 0o640,
      },
      { ...file(below(own, 'env'), environmentFile(environment(domain))), mode: 0o600 },
      ...(domain.suspended ? [] : [file(below(own, 'open'), '')]),
      ...names(domain).map((name) => file(below(namesDirectory, name), target(domain, name))),
      ...domainTls(domain, names(domain), server),
      ...(domain.automaticCertificate
        ? answeredNames(domain, names(domain), server).map((name) =>
            file(below(acmeDirectory, name), '')
          )
        : []),
    ]
  },

  checks: (changes) => checksOf(changes),
  activations: (changes, server) => activationsOf(changes, server),
  probes: (changes, server) => probesOf(changes, server),
}

/** The names that lead to a domain's site. */
export function names(domain: DomainHead): string[] {
  return [domain.name, `www.${domain.name}`, domain.testName]
}

/**
 * Read by the front at each request, so a change is live at once. `https`: plain requests are sent there (WEB-09); only of a
 * name that the certificate covers.
 */
function target(domain: DesiredDomain, name: string): string {
  const place = `${domain.unixName} ${backAddress(domain)}`
  if (domain.suspended) return `${place} suspended\n`
  const { certificate, https } = domain
  const isCovered = certificate !== null && covers(certificate, name)
  return [
    `${place} open`,
    ...(isCovered && https.redirect ? ['https'] : []),
    ...(isCovered && https.hstsSeconds > 0 ? [`hsts=${https.hstsSeconds}`] : []),
  ]
    .join(' ')
    .concat('\n')
}

/** What the units know about a domain besides its account. */
function environment(domain: DesiredDomain): Record<string, string> {
  return {
    TSUKASA_ADDRESS: backAddress(domain),
    TSUKASA_DOMAIN: domain.name,
    TSUKASA_ROOT: domain.root,
    // The leading colon keeps PHP's own directory; a later one wins, so the customer's php.ini does (WEB-03).
    PHP_INI_SCAN_DIR: `:${phpDirectory}:${phpIniDirectory(domain.unixName)}:${domain.root}/var`,
  }
}

const textOf = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8')

function directory(path: AbsolutePath): DirectoryResource {
  return { kind: 'directory', path, owner: 'root', group: 'root', mode: 0o755 }
}

function file(path: AbsolutePath, content: string): FileResource {
  return { kind: 'file', path, content, owner: 'root', group: 'root', mode: 0o644 }
}
