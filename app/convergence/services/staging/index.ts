import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DesiredDomain, DesiredExchange } from '#convergence/desired_server'
import type { DirectoryResource, ExchangeResource, FileResource } from '#convergence/resource'
import type { Change, Command, Service } from '#convergence/service'
import {
  refreshProgram,
  sides,
  stagingDirectory,
  workDirectory,
} from '#convergence/services/staging/layout'
import { type AbsolutePath, toAbsolutePath } from '#convergence/syntax/names'

/**
 * WEB-02: what is public and what is on staging change places while a change of it is under way; nothing is wanted
 * of it before and after, so no later apply can swap anything.
 */
export const staging: Service = {
  name: 'staging',
  after: ['directories', 'apache', 'php'],

  serverResources: () => [
    directory(stagingDirectory, 0o755),
    program(refreshProgram, 'refresh.py'),
    program(toAbsolutePath(`${stagingDirectory}/refresh.php`), 'refresh.php'),
  ],

  domainResources: (domain) => [
    directory(workDirectory(domain.root), 0o700),
    ...(domain.exchange ? [exchangeOf(domain, domain.exchange)] : []),
  ],

  checks: () => [],
  activations: (changes) => changes.filter(isExchange).map(refresh),
  probes: () => [],
}

/** `swap`: the two sides. `fill`: staging, and what was prepared for it in a directory of the change's own. */
function exchangeOf({ root }: DesiredDomain, { serial, kind }: DesiredExchange): ExchangeResource {
  const place = workDirectory(root)
  const at = (name: string) => toAbsolutePath(`${root}/${name}`)
  const pairs = sides.map(([open, stage]): readonly [AbsolutePath, AbsolutePath] =>
    kind === 'swap'
      ? [at(open), at(stage)]
      : [at(stage), toAbsolutePath(`${place}/change-${serial}/${open}`)]
  )
  return { kind: 'exchange', path: toAbsolutePath(`${place}/last`), serial, pairs }
}

const isExchange = ({ action, resource }: Change) =>
  action !== 'remove' && resource.kind === 'exchange'

/** PHP remembers files by their paths; everything else looks them up anew by itself. */
function refresh({ scope }: Change): Command {
  const account = `d${scope.slice('domain:'.length)}`
  return { argv: ['/usr/bin/python3', '-I', '-S', refreshProgram, account], scope }
}

function directory(path: AbsolutePath, mode: number): DirectoryResource {
  return { kind: 'directory', path, owner: 'root', group: 'root', mode }
}

function program(path: AbsolutePath, name: string): FileResource {
  const content = readFileSync(join(import.meta.dirname, name), 'utf8')
  return { kind: 'file', path, content, owner: 'root', group: 'root', mode: 0o644 }
}
