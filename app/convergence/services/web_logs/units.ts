import { rotateProgram } from '#convergence/services/web_logs/layout'

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
