import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DesiredDomain } from '#convergence/desired_server'
import type { Resource } from '#convergence/resource'
import type { Change, Command } from '#convergence/service'
import { toAbsolutePath } from '#convergence/syntax/names'

const program = toAbsolutePath('/etc/tsukasa/share.py')
const unit = 'tsukasa-share.service'
const command = ['/usr/bin/python3', '-I', '-S', program] as const

const service = `[Unit]
Description=Shared directory of the server in every domain
After=local-fs.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${command.join(' ')}

[Install]
WantedBy=multi-user.target
`

/** DIR-03: one directory that all domains of a server share; `share.py` says how. */
export function shareProgram(): Resource[] {
  return [
    file(program, readFileSync(join(import.meta.dirname, 'share.py'), 'utf8')),
    file(toAbsolutePath(`/etc/systemd/system/${unit}`), service),
    {
      kind: 'symlink',
      path: toAbsolutePath(`/etc/systemd/system/multi-user.target.wants/${unit}`),
      target: `../${unit}`,
    },
  ]
}

/** Where it is mounted; the mode is that of what is mounted there, or the mount would look like a difference. */
export function sharePlace({ root }: DesiredDomain): Resource {
  const path = toAbsolutePath(`${root}/share`)
  return { kind: 'directory', path, owner: 'root', group: 'root', mode: 0o1777 }
}

/** A domain gets it with its first tree, and loses it before its volume is taken away. */
export function shareActivations(changes: readonly Change[]): Command[] {
  return changes.some(isPlaceMade) || changes.some(isVolumeGone) ? [{ argv: command }] : []
}

function isPlaceMade({ action, resource }: Change) {
  return action === 'create' && resource.kind === 'directory' && resource.path.endsWith('/share')
}

function isVolumeGone({ action, resource }: Change) {
  return action === 'remove' && resource.kind === 'volume'
}

function file(path: ReturnType<typeof toAbsolutePath>, content: string): Resource {
  return { kind: 'file', path, content, owner: 'root', group: 'root', mode: 0o644 }
}
