import type { Resource } from '#convergence/resource'
import { toAbsolutePath } from '#convergence/syntax/names'

/** MAIL-04: quarantine of two weeks. */
export const junkDays = 14

/**
 * Dovecot's own autoexpunge only looks when somebody signs out or gets mail. Whoever does neither would keep his spam,
 * so each night everybody's is looked at; each user's as himself.
 */
const service = `[Unit]
Description=Empties the quarantine of what came ${junkDays} days ago
After=dovecot.service

[Service]
Type=oneshot
Nice=19
IOSchedulingClass=idle
ExecStart=/usr/bin/doveadm expunge -A mailbox JunkMail savedbefore ${junkDays}d
`

/** Not all servers of a compute node at once. */
const timer = `[Unit]
Description=Empties the quarantine each night

[Timer]
OnCalendar=*-*-* 02:00:00
RandomizedDelaySec=3h
FixedRandomDelay=true
Persistent=true

[Install]
WantedBy=timers.target
`

const units = '/etc/systemd/system'
const owned = { owner: 'root', group: 'root' } as const

export const junk: readonly Resource[] = [
  unit('tsukasa-junk.service', service),
  unit('tsukasa-junk.timer', timer),
  {
    kind: 'directory',
    path: toAbsolutePath(`${units}/timers.target.wants`),
    ...owned,
    mode: 0o755,
  },
  {
    kind: 'symlink',
    path: toAbsolutePath(`${units}/timers.target.wants/tsukasa-junk.timer`),
    target: '../tsukasa-junk.timer',
  },
  { kind: 'unit', name: 'tsukasa-junk.timer' },
]

function unit(name: string, content: string): Resource {
  return { kind: 'file', path: toAbsolutePath(`${units}/${name}`), content, ...owned, mode: 0o644 }
}
