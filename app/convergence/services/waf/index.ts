import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DesiredServer } from '#convergence/desired_server'
import type { FileResource } from '#convergence/resource'
import { compiles, rootDirectory, rootFile } from '#convergence/root_owned'
import type { Change, Command, Service } from '#convergence/service'
import { siteCheck } from '#convergence/services/apache/effects'
import { webUnit } from '#convergence/services/apache/layout'
import { unitDirectory } from '#convergence/services/apache/units'
import {
  commonConfiguration,
  rulesConfiguration,
  wafConfiguration,
} from '#convergence/services/waf/configuration'
import {
  collectProgram,
  collectUnit,
  commonFile,
  domainConfiguration,
  domainFile,
  eventsDirectory,
  pipeUnit,
  rulesFile,
  wafDirectory,
} from '#convergence/services/waf/layout'
import { collectServiceUnit, pipeSocketUnit } from '#convergence/services/waf/units'

/** OPT-12: ModSecurity with the OWASP CRS, in a domain's own Apache, and what it noted. */
export const waf: Service = {
  name: 'waf',
  after: ['directories'],

  serverResources: () => [
    rootDirectory(wafDirectory),
    rootDirectory(eventsDirectory, 'root', 0o700),
    rootFile(commonFile, commonConfiguration),
    rootFile(rulesFile, rulesConfiguration),
    rootFile(collectProgram, readFileSync(join(import.meta.dirname, 'collect.py'), 'utf8')),
    rootFile(`${unitDirectory}/${pipeUnit('')}`, pipeSocketUnit),
    rootFile(`${unitDirectory}/${collectUnit('')}`, collectServiceUnit),
  ],

  domainResources(domain) {
    if (domain.waf === null) return []
    const { unixName, waf: wish } = domain
    const known = { ...rootFile(domainFile(unixName), '{}\n'), mode: 0o600 }
    if (wish.mode === 'off') return [known]
    const content = wafConfiguration(domain, wish)
    const own: FileResource = { ...rootFile(domainConfiguration(unixName), content), mode: 0o640 }
    return [known, { ...own, group: domain.uid }]
  },

  checks: (changes, server) => [
    ...changes
      .filter((change) => pathOf(change) === collectProgram && change.action !== 'remove')
      .map(() => compiles(collectProgram)),
    ...changes.filter(isKept).map((change) => siteCheck(accountOf(change), change)),
    ...(changes.some(isCommon) ? commonCheck(server) : []),
  ],
  activations: (changes) => [
    ...(changes.some(isUnitUpdate) ? [daemonReload] : []),
    ...changes.filter(isConfiguration).flatMap(activationOf),
    ...(changes.some((change) => isCommon(change) && change.action === 'update')
      ? [systemctl('try-reload-or-restart', webUnit('*'))]
      : []),
    ...changes
      .filter((change) => change.action === 'remove' && isKnown(change))
      .map((change) => forget(accountOf(change))),
  ],
  probes: () => [],
}

const daemonReload: Command = { argv: ['systemctl', 'daemon-reload'] }

/** A site that is awake reads it anew; requests under way are not disturbed. */
function activationOf(change: Change): Command[] {
  const account = accountOf(change)
  const reload = systemctl('try-reload-or-restart', webUnit(account))
  if (change.action === 'create')
    return [systemctl('start', pipeUnit(account)), reload, again(account)]
  if (change.action === 'update') return [systemctl('start', pipeUnit(account)), reload]
  return [systemctl('stop', pipeUnit(account), collectUnit(account))]
}

/**
 * ModSecurity makes the lock of its log when it is read for the second time, as at every start of Apache; at a reload that
 * brings it in there is only one.
 */
function again(account: string): Command {
  const script = 'sleep 0.3; exec systemctl try-reload-or-restart -- "$1"'
  return { argv: ['sh', '-c', script, 'sh', webUnit(account)], timeout: 60 }
}

function forget(account: string): Command {
  return { argv: ['/usr/bin/python3', '-I', '-S', collectProgram, 'forget', account] }
}

const systemctl = (verb: string, ...units: string[]): Command => ({
  argv: ['systemctl', verb, '--', ...units],
  timeout: 60,
})

/** What all of them include, tried with one that does. */
function commonCheck({ details }: DesiredServer): Command[] {
  const found = [...details.values()].find(({ waf: wish }) => wish !== null && wish.mode !== 'off')
  return found ? [siteCheck(found.unixName)] : []
}

const inDirectory = (change: Change) =>
  pathOf(change).startsWith(`${wafDirectory}/`) ? pathOf(change).slice(wafDirectory.length + 1) : ''
const isConfiguration = (change: Change) => /^d\d+\.conf$/.test(inDirectory(change))
const isKept = (change: Change) => isConfiguration(change) && change.action !== 'remove'
const isKnown = (change: Change) => /^d\d+\.json$/.test(inDirectory(change))
const accountOf = (change: Change) => inDirectory(change).replace(/\..*$/, '')
const isCommon = (change: Change) => [commonFile, rulesFile].some((path) => path === pathOf(change))
const isUnitUpdate = (change: Change) =>
  change.action === 'update' && pathOf(change).startsWith(`${unitDirectory}/`)
const pathOf = ({ resource }: Change) => (resource.kind === 'file' ? resource.path : '')
