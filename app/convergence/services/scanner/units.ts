import type { Resource } from '#convergence/resource'
import type { Change, Command } from '#convergence/service'
import { toAbsolutePath } from '#convergence/syntax/names'

const directory = '/etc/systemd/system'
const daemonReload: Command = { argv: ['systemctl', 'daemon-reload'] }

export const unitPath = (name: string) => `${directory}/${name}`

/** Started at each boot. `where` is the unit's file when it is not one of ours. */
export function enabled(name: string, where = `../${name}`): Resource {
  const path = toAbsolutePath(`${directory}/multi-user.target.wants/${name}`)
  return { kind: 'symlink', path, target: where }
}

/** A unit that is started by this apply reads its files then: it is not started twice. */
export function restartOf(name: string, changes: readonly Change[]): Command[] {
  const files = changes.filter(({ resource }) => resource.kind === 'file')
  const units = files.some(
    ({ action, key }) => action === 'update' && key.startsWith(`file:${directory}/`)
  )
  if (files.length === 0 || (isStarted(changes) && !units)) return []
  return [
    ...(units ? [daemonReload] : []),
    { argv: ['systemctl', 'try-restart', name], timeout: 60 },
  ]
}

export const isStarted = (changes: readonly Change[]) =>
  changes.some(({ action, resource }) => action !== 'remove' && resource.kind === 'unit')
