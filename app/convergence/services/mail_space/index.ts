import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rootFile } from '#convergence/root_owned'
import type { Change, Command, Service } from '#convergence/service'
import { toAbsolutePath } from '#convergence/syntax/names'

/** In Postfix's queue directory, as its daemons see it. */
export const spaceSocket = 'private/space'

const units = '/etc/systemd/system'
const directoryPath = toAbsolutePath('/etc/tsukasa/mail_space')
const program = toAbsolutePath(`${directoryPath}/space.py`)
const name = 'tsukasa-mail-space'

/** PNL-05: tells Postfix, before it takes a message, whether the volume of the recipient's domain has room for it. */
export const mailSpace: Service = {
  name: 'mail_space',
  after: ['accounts'],

  serverResources: () => [
    { kind: 'directory', path: directoryPath, owner: 'root', group: 'root', mode: 0o755 },
    rootFile(program, readFileSync(join(import.meta.dirname, 'space.py'), 'utf8')),
    rootFile(unitPath(`${name}.socket`), socket),
    rootFile(unitPath(`${name}.service`), service),
    {
      kind: 'symlink',
      path: unitPath(`sockets.target.wants/${name}.socket`),
      target: `../${name}.socket`,
    },
    { kind: 'unit', name: `${name}.socket` },
  ],

  domainResources: () => [],
  checks: () => [],
  activations: (changes) => (changes.some(isUpdate) ? restart : []),
  probes: () => [],
}

const socket = `[Unit]
Description=Postfix's questions about room in domains

[Socket]
ListenStream=/var/spool/postfix/${spaceSocket}
SocketUser=postfix
SocketGroup=postfix
SocketMode=0600
Backlog=256

[Install]
WantedBy=sockets.target
`

const service = `[Unit]
Description=Tells Postfix whether a domain has room

[Service]
ExecStart=/usr/bin/python3 -I -S ${program}
StandardOutput=journal
Restart=on-failure
# To take room as a mailbox does.
CapabilityBoundingSet=CAP_SETUID CAP_SETGID
NoNewPrivileges=yes
RestrictAddressFamilies=AF_UNIX
# A thread for each smtpd of three ports.
MemoryMax=128M
TasksMax=300
LimitCORE=0
LimitNOFILE=4096
`

/** Questions wait at the socket meanwhile. */
const restart: Command[] = [
  { argv: ['systemctl', 'daemon-reload'] },
  { argv: ['systemctl', 'try-restart', `${name}.service`] },
]

const isUpdate = ({ action, resource }: Change) => action === 'update' && resource.kind === 'file'
const unitPath = (of: string) => toAbsolutePath(`${units}/${of}`)
