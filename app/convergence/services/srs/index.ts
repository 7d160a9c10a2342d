import type { DesiredServer } from '#convergence/desired_server'
import type { Change, Command, Probe, Service } from '#convergence/service'
import { unitDirectory } from '#convergence/services/apache/units'
import { toAbsolutePath } from '#convergence/syntax/names'

/** Look-ups (tcp_table(5)) that the firewall lets only Postfix reach: whoever can ask gets addresses that are taken. */
export const srsPorts = { forward: 10001, reverse: 10002 } as const

/**
 * Senders of forwarded mail (MAIL-07) get an address of this server, so that SPF of the first sender doesn't refuse it;
 * what bounces to that address finds its way back. PostSRSd (Sender Rewriting Scheme).
 */
export const srs: Service = {
  name: 'srs',
  after: ['firewall'],

  serverResources: (server) => [
    {
      kind: 'file',
      path: unitPath,
      content: serviceUnit(server),
      owner: 'root',
      group: 'root',
      mode: 0o644,
    },
    {
      kind: 'symlink',
      path: toAbsolutePath(`${unitDirectory}/multi-user.target.wants/${unit}`),
      target: `../${unit}`,
    },
    { kind: 'unit', name: unit },
  ],

  domainResources: () => [],
  checks: () => [],
  activations: (changes) => (changes.some(isUpdate) ? restart : []),
  probes: (changes) => (changes.length > 0 ? probes : []),
}

const unit = 'tsukasa-srs.service'
const unitPath = toAbsolutePath(`${unitDirectory}/${unit}`)

/**
 * The package's own unit takes a secret that all servers of one image share. Eight characters of hash instead of
 * four: an address that is guessed would be a relay to one recipient. It leaves root and goes into an empty directory
 * by itself once it has read the secret.
 */
const serviceUnit = ({ hostname }: DesiredServer) => `[Unit]
Description=Senders of forwarded mail (SRS)
After=network.target nftables.service
StartLimitIntervalSec=0

[Service]
StateDirectory=tsukasa-srs
StateDirectoryMode=0700
ExecStartPre=/bin/sh -c 'umask 077; cd "$STATE_DIRECTORY"; [ -s secret ] || { head -c 24 /dev/urandom | base64 >new && mv new secret; }'
ExecStart=/usr/sbin/postsrsd -4 -l 127.0.0.1 -f ${srsPorts.forward} -r ${srsPorts.reverse} -d ${hostname} -s /var/lib/tsukasa-srs/secret -n 8 -N 8 -u postsrsd -c /var/lib/postsrsd
Restart=always
RestartSec=1
MemoryMax=128M
NoNewPrivileges=yes
CapabilityBoundingSet=CAP_SETUID CAP_SETGID CAP_SYS_CHROOT CAP_DAC_OVERRIDE
RestrictAddressFamilies=AF_UNIX AF_INET

[Install]
WantedBy=multi-user.target
`

const restart: Command[] = [
  { argv: ['systemctl', 'daemon-reload'] },
  { argv: ['systemctl', 'try-restart', unit] },
]

const probes: Probe[] = [{ kind: 'command', argv: ['systemctl', 'is-active', unit] }]

const isUpdate = ({ action, resource }: Change) => resource.kind === 'file' && action === 'update'
