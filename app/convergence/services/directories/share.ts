import type { DesiredDomain } from '#convergence/desired_server'
import type { Resource } from '#convergence/resource'
import { toAbsolutePath } from '#convergence/syntax/names'

/**
 * DIR-03: the directory that all domains of a server share. A bind mount, because a symbolic link would lead
 * nowhere for SFTP, which sees the domain's root as `/`. Not a mount unit: systemd ties those to the block device
 * that the mount table names, and a container has no such device.
 */
const template = `[Unit]
Description=Shared directory of the server for %i
DefaultDependencies=no
After=local-fs.target
Conflicts=umount.target
Before=umount.target

[Service]
Type=oneshot
RemainAfterExit=yes
EnvironmentFile=/etc/tsukasa/web/%i/env
ExecStart=/usr/bin/mount --bind /data/share \${TSUKASA_ROOT}/share
ExecStop=/usr/bin/umount --lazy \${TSUKASA_ROOT}/share
`

const units = '/etc/systemd/system'

export const shareTemplate: Resource = {
  kind: 'file',
  path: toAbsolutePath(`${units}/tsukasa-share@.service`),
  content: template,
  owner: 'root',
  group: 'root',
  mode: 0o644,
}

export function share({ root, unixName }: DesiredDomain): Resource[] {
  const name = `tsukasa-share@${unixName}.service`
  return [
    {
      kind: 'directory',
      path: toAbsolutePath(`${root}/share`),
      owner: 'root',
      group: 'root',
      mode: 0o1777,
    },
    {
      kind: 'symlink',
      path: toAbsolutePath(`${units}/multi-user.target.wants/${name}`),
      target: '../tsukasa-share@.service',
    },
    { kind: 'unit', name },
  ]
}
