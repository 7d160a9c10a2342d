import { createHash } from 'node:crypto'
import type { DesiredServer, DomainHead } from '#convergence/desired_server'
import type { DirectoryResource, FileResource } from '#convergence/resource'
import type { Change, Command } from '#convergence/service'
import { toAbsolutePath } from '#convergence/syntax/names'

/** Shadow is one file for all domains: these say whose password it was that changed. */
const path = '/etc/tsukasa/passwords'

export const passwordMarks: DirectoryResource = {
  kind: 'directory',
  path: toAbsolutePath(path),
  owner: 'root',
  group: 'root',
  mode: 0o700,
}

export function passwordMark({ unixName, passwordHash, sshForbidden }: DomainHead): FileResource {
  const mark = sshForbidden ? `forbidden ${passwordHash}` : passwordHash
  return {
    kind: 'file',
    path: toAbsolutePath(`${path}/${unixName}`),
    content: `${createHash('sha256').update(mark).digest('hex')}\n`,
    secret: true,
    owner: 'root',
    group: 'root',
    mode: 0o600,
  }
}

/** SSH-01, SSH-03: who came in with the old password is out when there is a new one, or none that works. */
export function signOuts(changes: readonly Change[], { domains }: DesiredServer): Command[] {
  const changed = new Set(changes.filter(isNewPassword).map(({ scope }) => scope))
  return domains
    .filter(({ id }) => changed.has(`domain:${id}`))
    .map(({ uid }) => ({
      argv: ['sh', '-c', 'pkill -KILL -U "$1" -x sshd-session; exit 0', 'sh', String(uid)],
    }))
}

function isNewPassword({ action, resource }: Change) {
  return action === 'update' && resource.kind === 'file' && resource.path.startsWith(`${path}/`)
}
