import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DesiredServer } from '#convergence/desired_server'
import type { DirectoryResource } from '#convergence/resource'
import type { Change, Probe, Service } from '#convergence/service'
import { compiles, rootFile } from '#convergence/root_owned'
import { ownSocket, sharedSocket } from '#convergence/services/clamav/layout'
import { programSocket } from '#convergence/services/mail_policy/layout'
import { milterDirectory, milterSockets } from '#convergence/services/postfix/milters'
import { domainTable, emptyTable, mailboxDatabase } from '#convergence/services/scanner/rows'
import { enabled, isStarted, restartOf, unitPath } from '#convergence/services/scanner/units'
import { socketPath as spamdSocket, scannerUser } from '#convergence/services/spamd/layout'
import { toAbsolutePath } from '#convergence/syntax/names'

const unit = 'tsukasa-scanner.service'
const folder = '/etc/tsukasa/scanner'
const programs = ['scanner.py', 'attachments.py'] as const
const program = `${folder}/scanner.py`
const settings = `${folder}/settings.json`
const command = ['/usr/bin/python3', '-I', '-S', program, settings] as const

/** Larger messages are hardly ever spam, and spamd would need minutes: as spamc does it. */
const spamBytes = 512 * 1024

/**
 * The filter (milter) that Postfix asks about viruses and spam (MAIL-03, MAIL-04); `scanner.py` says how. Users' settings
 * are rows, so nothing about them restarts anything.
 */
export const scanner: Service = {
  name: 'scanner',
  after: ['clamav', 'spamd'],

  serverResources: (server) => [
    directory(milterDirectory, 'root', 'root', 0o711),
    directory(`${milterDirectory}/scanner`, scannerUser, 'postfix', 0o710),
    directory(folder, 'root', 'root', 0o755),
    directory('/var/lib/tsukasa/scanner', 'root', scannerUser, 0o750),
    emptyTable(),
    ...programs.map((name) =>
      rootFile(`${folder}/${name}`, readFileSync(join(import.meta.dirname, name), 'utf8'))
    ),
    rootFile(settings, settingsOf(server)),
    rootFile(unitPath(unit), unitFile),
    enabled(unit),
    { kind: 'unit', name: unit },
  ],

  domainResources: (domain, server) => [domainTable(domain, server)],

  checks: (changes) => (changes.some(isFile) ? checks : []),
  activations: (changes) => restartOf(unit, changes),
  probes: (changes) => (isStarted(changes) || changes.some(isFile) ? probes : []),
}

const checks = programs.map((name) => compiles(`${folder}/${name}`))

/** Without it no mail comes in; what it asks itself may come later. */
const probes: Probe[] = [{ kind: 'command', argv: [...command, '--ask'], within: 15 }]

const isFile = ({ resource }: Change) => resource.kind === 'file'

function settingsOf({ hostname }: DesiredServer): string {
  const socketOf = (name: string) => `/var/spool/postfix/${name}`
  const all = {
    hostname,
    sockets: {
      smtp: socketOf(milterSockets.scanner),
      programs: socketOf(milterSockets.programs),
    },
    clamd: [sharedSocket, ownSocket],
    /** Seconds. */
    patience: 5,
    spamd: spamdSocket,
    spam_bytes: spamBytes,
    mailboxes: mailboxDatabase,
    sendmail: '/usr/sbin/sendmail',
    policy: programSocket,
  }
  return `${JSON.stringify(all, null, 2)}\n`
}

/** No NoNewPrivileges, nor anything that brings it along: sendmail's postdrop is set-gid. */
const unitFile = `[Unit]
Description=Looks for viruses and spam before mail is taken
After=network.target
Before=postfix.service

[Service]
ExecStart=${command.join(' ')}
User=${scannerUser}
Group=${scannerUser}
SupplementaryGroups=clamav
UMask=0077
Restart=always
RestartSec=1
TimeoutStopSec=5
LimitNOFILE=8192
# Archives are unpacked in it.
MemoryMax=1G
TasksMax=600
OOMPolicy=continue
OOMScoreAdjust=100

[Install]
WantedBy=multi-user.target
`

function directory(path: string, owner: string, group: string, mode: number): DirectoryResource {
  return { kind: 'directory', path: toAbsolutePath(path), owner, group, mode }
}
