import type { Resource } from '#convergence/resource'
import { unitDirectory } from '#convergence/services/apache/units'
import { rootFile } from '#convergence/root_owned'
import { toAbsolutePath } from '#convergence/syntax/names'

/** Nobody writes on a message that long. */
const minutes = 15

/**
 * REL-04: whoever ends his postdrop(1) before the message is whole leaves it in the directory into which all programs of the
 * machine hand mail. pickup(8) leaves it alone, since only a whole one may be executed, and Postfix itself tidies
 * up when it starts. This bounds what stays, not how much comes within the time: that would take a volume of its own for
 * the queue, or quotas by account on the disk that it shares with databases and logs.
 */
const service = `[Unit]
Description=Removes mail that programs began to hand in and never finished

[Service]
Type=oneshot
Nice=19
IOSchedulingClass=idle
ExecStart=/usr/bin/find /var/spool/postfix/maildrop -xdev -mindepth 1 -maxdepth 1 -type f ! -perm -0100 -cmin +${minutes} -delete
ProtectSystem=strict
ReadWritePaths=/var/spool/postfix/maildrop
NoNewPrivileges=yes
`

const timer = `[Unit]
Description=Looks for unfinished mail

[Timer]
OnBootSec=5min
OnUnitInactiveSec=5min
RandomizedDelaySec=1min

[Install]
WantedBy=timers.target
`

const unit = 'tsukasa-maildrop'
const pathOf = (name: string) => `${unitDirectory}/${name}`

/** Read by systemd, not by Postfix. */
export const unitPaths: readonly string[] = [pathOf(`${unit}.service`), pathOf(`${unit}.timer`)]

/** The directory of the link is there for the quarantine's. */
export const maildrop: readonly Resource[] = [
  rootFile(unitPaths[0], service),
  rootFile(unitPaths[1], timer),
  {
    kind: 'symlink',
    path: toAbsolutePath(pathOf(`timers.target.wants/${unit}.timer`)),
    target: `../${unit}.timer`,
  },
  { kind: 'unit', name: `${unit}.timer` },
]
