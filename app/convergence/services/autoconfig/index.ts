import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DirectoryResource, FileResource } from '#convergence/resource'
import type { Change, Command, Probe, Service } from '#convergence/service'
import { below } from '#convergence/services/apache/layout'
import { unitDirectory } from '#convergence/services/apache/units'
import { configXml } from '#convergence/services/autoconfig/config_xml'
import {
  autodiscoverProgram,
  configPath,
  hostedDirectory,
  mailDirectory,
  policyDirectory,
} from '#convergence/services/autoconfig/layout'
import { mtaStsPolicy } from '#convergence/services/autoconfig/mta_sts'
import { serviceUnit, socketUnit } from '#convergence/services/autoconfig/units'
import type { AbsolutePath } from '#convergence/syntax/names'

/**
 * How mail clients find their settings, and what other mail servers may know of a domain's TLS (MAIL-11). The front
 * serves it; a domain is two small files, so nothing is reloaded for one.
 */
export const autoconfig: Service = {
  name: 'autoconfig',
  after: ['apache'],

  serverResources: ({ hostname }) => [
    ...[mailDirectory, hostedDirectory, policyDirectory].map(directory),
    file(configPath, configXml(hostname)),
    file(autodiscoverProgram, readFileSync(join(import.meta.dirname, 'autodiscover.py'), 'utf8')),
    file(below(unitDirectory, 'tsukasa-autodiscover.service'), serviceUnit(hostname)),
    file(below(unitDirectory, 'tsukasa-autodiscover.socket'), socketUnit),
    {
      kind: 'symlink',
      path: below(unitDirectory, 'sockets.target.wants', 'tsukasa-autodiscover.socket'),
      target: '../tsukasa-autodiscover.socket',
    },
    { kind: 'unit', name: 'tsukasa-autodiscover.socket' },
  ],

  domainResources(domain, server) {
    const policy = mtaStsPolicy(domain, server)
    return [
      ...(domain.outMx ? [] : [file(below(hostedDirectory, domain.name), '')]),
      ...(policy === null ? [] : [file(below(policyDirectory, domain.name), policy)]),
    ]
  },

  checks: () => [],
  activations: (changes) => {
    const changed = changes.filter(({ action }) => action === 'update')
    return [
      ...(changed.some(isUnitFile) ? [daemonReload] : []),
      ...(changed.some(isProgram) ? [restart] : []),
    ]
  },
  probes: (changes) => (changes.some(isProgram) ? [answers] : []),
}

const daemonReload: Command = { argv: ['systemctl', 'daemon-reload'] }
const restart: Command = { argv: ['systemctl', 'try-restart', 'tsukasa-autodiscover.service'] }
const answers: Probe = {
  kind: 'command',
  argv: [
    'curl',
    ...['--silent', '--fail', '--output', '/dev/null', '--max-time', '5'],
    ...['--unix-socket', '/run/tsukasa/autodiscover.sock', 'http://localhost/'],
  ],
}

const pathOf = ({ resource }: Change) => ('path' in resource ? String(resource.path) : '')
const isUnitFile = (change: Change) =>
  pathOf(change).startsWith(`${unitDirectory}/tsukasa-autodiscover.`)
const isProgram = (change: Change) => pathOf(change) === autodiscoverProgram || isUnitFile(change)

/** Only the front and nobody's program that answers look in here; there is no secret in it. */
function directory(path: AbsolutePath): DirectoryResource {
  return { kind: 'directory', path, owner: 'root', group: 'root', mode: 0o755 }
}

function file(path: AbsolutePath, content: string): FileResource {
  return { kind: 'file', path, content, owner: 'root', group: 'root', mode: 0o644 }
}
