import { listsAccount, program, spool } from '#convergence/services/mailing_lists/layout'

export const unit = 'tsukasa-lists'

/** Bounces that last, posts that could not be handed in, old posts: mlmmj wants to be called for them. */
export const timerUnit = `[Unit]
Description=Maintenance of mailing lists

[Timer]
OnBootSec=5min
OnUnitActiveSec=1h
RandomizedDelaySec=5min

[Install]
WantedBy=timers.target
`

export const serviceUnit = `[Unit]
Description=Maintenance of mailing lists

[Service]
Type=oneshot
ExecStart=/usr/bin/python3 -I -S ${program} maintain
User=${listsAccount.name}
UMask=0077
MemoryMax=256M
TasksMax=32
Nice=10
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ReadWritePaths=${spool}
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
InaccessiblePaths=-/data
RestrictAddressFamilies=AF_UNIX AF_INET
SystemCallArchitectures=native
SystemCallFilter=@system-service
`
