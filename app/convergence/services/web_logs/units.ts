import {
  reportDirectory,
  reportProgram,
  rotateProgram,
} from '#convergence/services/web_logs/layout'

/** One for all domains. A machine that was off at midnight does it when it is on again. */
export const timerUnit = `[Unit]
Description=Midnight for the logs of all domains

[Timer]
OnCalendar=*-*-* 00:00:00 Asia/Tokyo
AccuracySec=1s
Persistent=yes

[Install]
WantedBy=timers.target
`

/** Root without any capability: it works in directories of root's alone. */
export const serviceUnit = `[Unit]
Description=Rotation of the logs of all domains

[Service]
Type=oneshot
ExecStart=/usr/bin/python3 -I -S ${rotateProgram} rotate
# Reports are made of plain files where that is possible, and are no reason to do it all again.
ExecStart=-/usr/bin/systemctl start tsukasa-report@all.service
ExecStart=/usr/bin/python3 -I -S ${rotateProgram} pack
# What was killed, or had no room, goes on where it was.
Restart=on-failure
RestartSec=5min
TimeoutStartSec=10h
UMask=0027
Nice=15
IOSchedulingClass=idle
CPUWeight=10
MemoryMax=256M
TasksMax=16
NoNewPrivileges=yes
CapabilityBoundingSet=
RestrictAddressFamilies=AF_UNIX
SystemCallArchitectures=native
`

/** `%i`: an account, or `all`. Webalizer itself becomes nobody, has no network and finds nothing that it could change. */
export const reportUnit = `[Unit]
Description=Webalizer's report of %i

[Service]
Type=oneshot
ExecStart=/usr/bin/python3 -I -S ${reportProgram} %i
TimeoutStartSec=10h
UMask=0077
Nice=15
IOSchedulingClass=idle
CPUWeight=10
MemoryMax=768M
TasksMax=16
OOMPolicy=continue
OOMScoreAdjust=500
NoNewPrivileges=yes
CapabilityBoundingSet=CAP_SETUID CAP_SETGID CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_KILL
ProtectSystem=strict
ReadWritePaths=${reportDirectory}
RuntimeDirectory=tsukasa/reports
RuntimeDirectoryPreserve=yes
PrivateNetwork=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectHome=yes
RestrictNamespaces=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX
LockPersonality=yes
SystemCallArchitectures=native
`
