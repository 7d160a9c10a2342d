import { autodiscoverProgram, autodiscoverSocket } from '#convergence/services/autoconfig/layout'
import type { DomainName } from '#convergence/syntax/names'

export const socketUnit = `[Unit]
Description=Mail clients that look for their settings

[Socket]
ListenStream=${autodiscoverSocket}
SocketUser=www-data
SocketMode=0600
Backlog=64

[Install]
WantedBy=sockets.target
`

/** Nobody in particular, on no network, for as long as somebody asks. */
export const serviceUnit = (hostname: DomainName) => `[Unit]
Description=Answers to mail clients that look for their settings

[Service]
ExecStart=/usr/bin/python3 -I -S ${autodiscoverProgram} ${hostname}
DynamicUser=yes
PrivateNetwork=yes
RestrictAddressFamilies=AF_UNIX
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=yes
MemoryMax=64M
TasksMax=32
`
