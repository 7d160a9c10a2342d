import type { DesiredServer } from '#convergence/desired_server'
import type { Resource } from '#convergence/resource'
import type { Change, Command, Probe } from '#convergence/service'
import {
  frontPath,
  isTls,
  namesDirectory,
  ports,
  sliceUnit,
  webDirectory,
  webPorts,
  webUnit,
} from '#convergence/services/apache/layout'
import { certificateChecks, certificateProbes, isTlsFile } from '#convergence/services/apache/tls'
import { endForGood, endPrograms } from '#convergence/services/apache/leftovers'
import { unitDirectory, wakeProgram } from '#convergence/services/apache/units'
import { checkOnly, checkTogether } from '#convergence/services/waf/layout'

/** Above this, one start of the checker for all sites is quicker than one for each. */
const checkedOneByOne = 4

const frontCheck: Command = { argv: ['apache2ctl', '-t'] }
const frontReload: Command = { argv: ['apache2ctl', 'graceful'] }
const daemonReload: Command = { argv: ['systemctl', 'daemon-reload'] }

export function checksOf(changes: readonly Change[]): Command[] {
  const sites = changes.filter(({ action }) => action !== 'remove').filter(isSite)
  const together =
    sites.length > checkedOneByOne || (changes.some(isServerConfiguration) && sites.length > 0)
  return [
    ...(changes.some(isFront) ? [frontCheck] : []),
    ...certificateChecks(changes),
    ...(together ? [allSitesCheck] : sites.map((site) => siteCheck(accountOf(site), site))),
  ]
}

/** Reads all sites, one after the other. */
const allSitesCheck: Command = {
  argv: [...siteCheck('d*').argv, '-D', checkTogether],
}

/** Apache's own checker as that domain's server would start. */
export function siteCheck(account: string, change?: Change): Command {
  const given = ['-C', `Define account ${account}`, '-D', checkOnly]
  return {
    argv: ['apache2', '-t', '-f', `${webDirectory}/server.conf`, ...given],
    scope: change?.scope,
  }
}

export function activationsOf(changes: readonly Change[], server: DesiredServer): Command[] {
  const stopped = changes.filter(isStop).map(accountOf)
  const changed = changes.filter((change) => change.action === 'update')
  const restarted = changed.filter(isEnvironment).map(accountOf)
  const reloaded = changed.filter(isSite).map(accountOf)
  return [
    ...(changed.some(isUnitFile) ? [daemonReload] : []),
    ...(changes.some(isFront) ? [frontReload] : []),
    ...(changed.some(isWaker) ? systemctl('try-restart', ['tsukasa-wake.service']) : []),
    ...systemctl('stop', unique(stopped).map(sliceUnit)),
    ...leftovers(changes.filter(isStop), server),
    ...systemctl('try-restart', unique(restarted).map(webUnit)),
    ...(changed.some(isServerConfiguration)
      ? systemctl('try-reload-or-restart', [webUnit('*')])
      : systemctl('try-reload-or-restart', unique(reloaded).map(webUnit))),
  ]
}

/** The names say already that nobody is to be woken, and the slice is stopped: what runs now was started elsewhere. */
function leftovers(stops: readonly Change[], { domains }: DesiredServer): Command[] {
  const suspended = new Set(stops.filter(isName).map(accountOf))
  return [
    ...domains
      .filter(({ unixName }) => suspended.has(unixName))
      .map(({ unixName, uid }) => endPrograms({ account: unixName, uid })),
    ...stops
      .filter(isSite)
      .map((change) => endForGood({ account: accountOf(change), uid: ownerOf(change) })),
  ]
}

/** A deleted domain is in no head any more: its uid is the group of what the manifest says was there. */
function ownerOf({ resource }: Change): number {
  return resource.kind === 'file' ? Number(resource.group) : Number.NaN
}

/** Requests under way survive a reload. What is asleep is left asleep. */
function systemctl(verb: string, units: readonly string[]): Command[] {
  return units.length === 0 ? [] : [{ argv: ['systemctl', verb, '--', ...units], timeout: 60 }]
}

export function probesOf(changes: readonly Change[], server: DesiredServer): Probe[] {
  const ofServer = changes.some(({ scope }) => scope === 'server')
  return [
    ...(ofServer ? webPorts.map((port) => frontProbe(server, ports[port].front, isTls(port))) : []),
    ...certificateProbes(changes, server),
    ...changes.filter(isName).map((change) => nameProbe(server, change)),
  ]
}

/** A name that nobody has is answered by the front itself. */
function frontProbe(server: DesiredServer, port: number, tls: boolean): Probe {
  return {
    kind: 'http',
    address: server.address,
    port,
    tls,
    host: 'unknown.invalid',
    path: '/',
    expect: [404],
  }
}

/** Whether the front knows the name, without waking anything. */
function nameProbe(server: DesiredServer, change: Change): Probe {
  return {
    kind: 'http',
    scope: change.scope,
    address: server.address,
    port: ports.http.front,
    host: pathOf(change).slice(namesDirectory.length + 1),
    path: '/.well-known/tsukasa',
    expect: change.action === 'remove' ? [404] : isSuspension(change) ? [503] : [204],
  }
}

function isFront(change: Change) {
  const isRules = pathOf(change).startsWith(`${webDirectory}/front/`)
  return pathOf(change) === frontPath || isRules || isTlsFile(change)
}

function isServerConfiguration(change: Change) {
  return pathOf(change) === `${webDirectory}/server.conf`
}

function isWaker(change: Change) {
  return pathOf(change) === wakeProgram
}

function isSite(change: Change) {
  return /^d\d+\/site\.conf$/.test(inWebDirectory(change))
}

function isEnvironment(change: Change) {
  return /^d\d+\/env$/.test(inWebDirectory(change))
}

function isName(change: Change) {
  return pathOf(change).startsWith(`${namesDirectory}/`)
}

function isUnitFile(change: Change) {
  return pathOf(change).startsWith(`${unitDirectory}/`)
}

function isSuspension({ resource }: Change) {
  return resource.kind === 'file' && resource.content.endsWith(' suspended\n')
}

function isStop(change: Change) {
  return change.action === 'remove' ? isSite(change) : isName(change) && isSuspension(change)
}

/** `d12` of a file that belongs to one domain: from its directory, or from what a name leads to. */
function accountOf(change: Change): string {
  const found =
    /^(d\d+)\//.exec(inWebDirectory(change)) ?? /^(d\d+) /.exec(contentOf(change.resource))
  if (!found) throw new Error(`no account in ${change.key}`)
  return found[1]!
}

function contentOf(resource: Resource) {
  return resource.kind === 'file' ? resource.content : ''
}

function inWebDirectory(change: Change): string {
  const path = pathOf(change)
  return path.startsWith(`${webDirectory}/`) ? path.slice(webDirectory.length + 1) : ''
}

function pathOf({ resource }: Change): string {
  return 'path' in resource && resource.kind !== 'volume' ? resource.path : ''
}

const unique = (values: readonly string[]) => [...new Set(values)]
