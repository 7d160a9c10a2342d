import { mailGroup } from '#convergence/services/accounts/index'
import type { DirectoryResource, FileResource } from '#convergence/resource'
import type { Change, Command, Service } from '#convergence/service'
import { directoryOf, domainDirectory, sieveDirectory } from '#convergence/services/sieve/layout'
import { domainScripts, serverScripts, type Scripts } from '#convergence/services/sieve/scripts'
import type { AbsolutePath } from '#convergence/syntax/names'

/**
 * What happens to a message at delivery (MAIL-04, MAIL-05, MAIL-07, MAIL-09). Dovecot asks the rows of its users
 * which script is whose at each delivery, so nothing here reloads anything.
 */
export const sieve: Service = {
  name: 'sieve',
  after: ['accounts'],

  serverResources: () => [directory(sieveDirectory), ...files(serverScripts)],
  domainResources(domain, { hostname }) {
    const scripts = domainScripts(domain, hostname)
    const directories = new Set([domainDirectory(domain), ...[...scripts.keys()].map(directoryOf)])
    return [...[...directories].map(directory), ...files(scripts)]
  },

  checks: (changes) => compilations(changes),
  activations: (changes) => [...compilations(changes), ...removals(changes)],
  probes: () => [],
}

/** Set-gid, so that what sievec writes beside a script has the group of those who read it. */
function directory(path: AbsolutePath): DirectoryResource {
  return { kind: 'directory', path, owner: 'root', group: mailGroup.gid, mode: 0o2750 }
}

function files(scripts: Scripts): FileResource[] {
  return [...scripts].map(([path, content]) => ({
    kind: 'file',
    path,
    content,
    owner: 'root',
    group: mailGroup.gid,
    mode: 0o640,
  }))
}

/**
 * sievec asks the running Dovecot what it may use, which is quick. When the server's own scripts change, so may
 * dovecot.conf have, which Dovecot does not know yet: then it is read, which takes twice as long. All scripts begin
 * with the same extensions, so none needs a new one that the server's do not.
 */
const compiler = (changes: readonly Change[]): Command['argv'] =>
  changes.some(({ scope }) => scope === 'server')
    ? ['sievec', '-c', '/etc/dovecot/dovecot.conf']
    : ['sievec']

/** Above this, one start of the compiler (14 ms) for a whole directory is quicker than one for each script (0.5 ms). */
const compiledOneByOne = 2

/**
 * The same before and after the switch: first to see that the compiler takes it, then for good. Delivery compiles
 * what has no newer binary beside it by itself, but must not write here, so it would do so for each message.
 */
function compilations(changes: readonly Change[]): Command[] {
  const written = changes.filter((change) => isScript(change) && change.action !== 'remove')
  return [...Map.groupBy(written, parentOf)].flatMap(([parent, group]) => {
    const [{ scope }] = group
    const all = group.length > compiledOneByOne ? [parent] : group.map(pathOf)
    return all.map((path): Command => ({ argv: [...compiler(changes), path], scope, timeout: 120 }))
  })
}

/** The manifest knows nothing of binaries. */
function removals(changes: readonly Change[]): Command[] {
  const removed = changes.filter(({ action }) => action === 'remove')
  const binaries = removed
    .filter(isScript)
    .map((change) => pathOf(change).replace(/sieve$/, 'svbin'))
  const directories = removed.filter(({ resource }) => resource.kind === 'directory').map(pathOf)
  return [
    ...(binaries.length === 0 ? [] : [remove(['rm', '-f', '--'], binaries)]),
    ...(directories.length === 0 ? [] : [remove(['rm', '-rf', '--'], directories)]),
  ]
}

const remove = (argv: Command['argv'], paths: readonly string[]): Command => ({
  argv: [...argv, ...paths],
})

const isScript = ({ resource }: Change) => resource.kind === 'file'
const pathOf = ({ resource }: Change) => ('path' in resource ? resource.path : '')
const parentOf = (change: Change) => pathOf(change).replace(/\/[^/]+$/, '')
