import type { DesiredServer } from '#convergence/desired_server'
import {
  policyAccount,
  policySocket,
  program,
  programSocket,
} from '#convergence/services/mail_policy/layout'
import { scannerUser } from '#convergence/services/spamd/layout'

/**
 * systemd holds the sockets, so that questions wait while the program starts or starts again. Only Postfix enters
 * the directory of the first; the second is there for the filter of what programs send.
 */
export const socketUnit = `[Unit]
Description=Questions about senders and recipients of mail
RequiresMountsFor=/var/spool/postfix

[Socket]
ListenStream=/var/spool/postfix/${policySocket}
ListenStream=${programSocket}
SocketUser=postfix
SocketGroup=${scannerUser}
SocketMode=0660
Backlog=1024
# However often it fails, the next question starts it again.
TriggerLimitIntervalSec=0

[Install]
WantedBy=sockets.target
`

/** It reads the lists, writes what was sent, and talks to this machine: nothing else is in its reach. */
export const serviceUnit = ({ hostname }: DesiredServer) => `[Unit]
Description=Reject lists and sending limits of mail
StartLimitIntervalSec=0

[Service]
ExecStart=/usr/bin/python3 -I -S ${program} ${hostname}
User=${policyAccount.name}
StateDirectory=tsukasa-mail-policy
StateDirectoryMode=0700
Restart=on-failure
RestartSec=1
UMask=0077
LimitNOFILE=2048
MemoryMax=128M
TasksMax=16
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
InaccessiblePaths=-/data
RestrictAddressFamilies=AF_UNIX AF_INET AF_NETLINK
SystemCallArchitectures=native
SystemCallFilter=@system-service
`
