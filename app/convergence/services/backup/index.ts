import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DesiredDomain } from '#convergence/desired_server'
import type { DirectoryResource, FileResource, Resource } from '#convergence/resource'
import type { Change, Command, Service } from '#convergence/service'
import { type AbsolutePath, toAbsolutePath } from '#convergence/syntax/names'

const storage = toAbsolutePath('/data/backup')
const program = toAbsolutePath('/etc/tsukasa/backup.py')
const unit = 'tsukasa-backup.service'
const command = ['/usr/bin/python3', '-I', '-S', program] as const

const service = `[Unit]
Description=Backups of domains in their directories
After=local-fs.target
RequiresMountsFor=${storage}

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${command.join(' ')}

[Install]
WantedBy=multi-user.target
`

/**
 * BKP-01: where a domain's backup lies, and where its people find it. The storage is one volume of the whole server;
 * `mounts.py` shows each domain its own part of it, and no other's.
 */
export const backup: Service = {
  name: 'backup',
  after: ['directories', 'apache'],

  serverResources: () => [
    directory(storage, 0, 0o711),
    file(program, readFileSync(join(import.meta.dirname, 'mounts.py'), 'utf8')),
    file(toAbsolutePath(`/etc/systemd/system/${unit}`), service),
    {
      kind: 'symlink',
      path: toAbsolutePath(`/etc/systemd/system/multi-user.target.wants/${unit}`),
      target: `../${unit}`,
    },
  ],

  domainResources: (domain): Resource[] => [
    {
      ...directory(toAbsolutePath(`${storage}/${domain.unixName}`), domain.uid, 0o700),
      tree: true,
    },
    // Nobody but root gives a name in it to something else, so what is mounted below stays where it is.
    { ...directory(toAbsolutePath(`${domain.root}/backup`), 0, 0o750), group: domain.uid },
    directory(placeOf(domain), domain.uid, 0o700),
  ],

  checks: () => [],
  activations: (changes) =>
    changes.some(isPlaceMade) || changes.some(isGone) ? [{ argv: command } satisfies Command] : [],
  probes: () => [],
}

/** Mounted over, so its owner and mode are those of what is mounted, or the mount would look like a difference. */
const placeOf = ({ root }: DesiredDomain) => toAbsolutePath(`${root}/backup/contents`)

function isPlaceMade({ action, resource }: Change) {
  if (action === 'remove') return false
  if (resource.kind === 'file') return resource.path === program
  const { kind } = resource
  return (
    kind === 'directory' &&
    (resource.path.endsWith('/backup/contents') || resource.path.startsWith(`${storage}/`))
  )
}

function isGone({ action, resource }: Change) {
  return action === 'remove' && resource.kind === 'volume'
}

function directory(path: AbsolutePath, owner: number, mode: number): DirectoryResource {
  return { kind: 'directory', path, owner, group: owner, mode }
}

function file(path: AbsolutePath, content: string): FileResource {
  return { kind: 'file', path, content, owner: 'root', group: 'root', mode: 0o644 }
}
