import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DesiredDomain } from '#convergence/desired_server'
import type { FileResource } from '#convergence/resource'
import { compiles, rootDirectory, rootFile } from '#convergence/root_owned'
import type { Change, Command, Service } from '#convergence/service'
import { unitDirectory } from '#convergence/services/apache/units'
import {
  configurationDirectory,
  domainFile,
  domainsDirectory,
  reportDirectory,
  reportProgram,
  reportService,
  rotateProgram,
  service,
  stateDirectory,
  timer,
} from '#convergence/services/web_logs/layout'
import { reportUnit, serviceUnit, timerUnit } from '#convergence/services/web_logs/units'
import { toAbsolutePath } from '#convergence/syntax/names'

/** Logs of access, errors and FTP of each domain: a file a day, for as many days as its people want (ALOG-01). */
export const webLogs: Service = {
  name: 'web_logs',
  // Dovecot has the directory of timers.
  after: ['directories', 'apache', 'dovecot'],

  serverResources: () => [
    rootDirectory(configurationDirectory),
    rootDirectory(domainsDirectory, 'root', 0o700),
    rootDirectory(stateDirectory, 'root', 0o700),
    rootDirectory(reportDirectory, 'root', 0o700),
    rootFile(rotateProgram, textOf('rotate.py')),
    rootFile(reportProgram, textOf('report.py')),
    rootFile(`${unitDirectory}/${service}`, serviceUnit),
    rootFile(`${unitDirectory}/${reportService}`, reportUnit),
    rootFile(`${unitDirectory}/${timer}`, timerUnit),
    {
      kind: 'symlink',
      path: toAbsolutePath(`${unitDirectory}/timers.target.wants/${timer}`),
      target: `../${timer}`,
    },
    { kind: 'unit', name: timer },
  ],

  domainResources: (domain) => [settingsOf(domain)],

  checks: (changes) => changes.filter(isProgram).map((change) => compiles(pathOf(change))),
  activations: (changes) => [
    ...(changes.some(isUnitUpdate) ? reload : []),
    ...changes.filter(isDomain).flatMap(activationOf),
  ],
  probes: () => [],
}

function settingsOf({ unixName, root, logDays }: DesiredDomain): FileResource {
  const content = `${JSON.stringify({ root, days: logDays })}\n`
  return { ...rootFile(domainFile(unixName), content), mode: 0o600 }
}

/** Fewer days count at once. Nothing happens with a new domain until midnight. */
function activationOf(change: Change): Command[] {
  const run = (program: string, verb: string): Command => ({
    argv: ['/usr/bin/python3', '-I', '-S', program, verb, accountOf(change)],
    scope: change.scope,
  })
  if (change.action === 'create') return []
  if (change.action === 'update') return [run(rotateProgram, 'prune')]
  return [run(rotateProgram, 'forget'), run(reportProgram, 'forget')]
}

const programs: readonly string[] = [rotateProgram, reportProgram]

const reload: Command[] = [
  { argv: ['systemctl', 'daemon-reload'] },
  { argv: ['systemctl', 'restart', timer] },
]

const pathOf = ({ resource }: Change) => (resource.kind === 'file' ? resource.path : '')
const isDomain = (change: Change) => pathOf(change).startsWith(`${domainsDirectory}/`)
const accountOf = (change: Change) => pathOf(change).slice(domainsDirectory.length + 1)
const isProgram = (change: Change) =>
  programs.includes(pathOf(change)) && change.action !== 'remove'
const isUnitUpdate = (change: Change) =>
  change.action === 'update' && pathOf(change).startsWith(`${unitDirectory}/`)

const textOf = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8')
