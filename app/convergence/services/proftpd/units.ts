import { port, splitProgram, splitUnit, transferPipe } from '#convergence/services/proftpd/layout'

/** A client program opens up to ten; several people may come from one office. */
const connections = { all: 96, ofOneSource: 20 } as const

export const socket = `[Unit]
Description=FTP

[Socket]
ListenStream=0.0.0.0:${port}
Accept=yes
Backlog=128
MaxConnections=${connections.all}
MaxConnectionsPerSource=${connections.ofOneSource}
KeepAlive=yes
# Many connections at once are no fault.
TriggerLimitIntervalSec=0
PollLimitIntervalSec=0

[Install]
WantedBy=sockets.target
`

/** One connection. Nothing of ProFTPD runs, and takes memory, while nobody is connected. */
export const service = (program: string) => `[Unit]
Description=An FTP connection
CollectMode=inactive-or-failed
# Without it ProFTPD would make a file of that name.
Requires=${splitUnit}.socket
After=${splitUnit}.socket

[Service]
Slice=tsukasa-ftp.slice
ExecStart=/usr/bin/python3 -I -S ${program}
StandardInput=socket
StandardOutput=null
StandardError=journal
# To become the user, and to be kept in his home before that.
CapabilityBoundingSet=CAP_SETUID CAP_SETGID CAP_SYS_CHROOT CAP_DAC_READ_SEARCH
NoNewPrivileges=yes
RestrictSUIDSGID=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictAddressFamilies=AF_INET AF_UNIX
LockPersonality=yes
SystemCallArchitectures=native
MemoryMax=64M
MemorySwapMax=0
TasksMax=4
LimitCORE=0
LimitNOFILE=256
TimeoutStopSec=5
OOMPolicy=kill
OOMScoreAdjust=500
Environment=LANG=C.UTF-8
`

/** All connections of a server together. */
export const slice = `[Unit]
Description=FTP connections

[Slice]
TasksMax=${connections.all * 4}
MemoryMax=25%
CPUWeight=50
`

/** systemd keeps the pipe open: nothing waits for a reader, and what is in it waits for the program. */
export const splitSocketUnit = `[Unit]
Description=Transfers by FTP

[Socket]
ListenFIFO=${transferPipe}
SocketMode=0600
PipeSize=1M

[Install]
WantedBy=sockets.target
`

/** Root without any capability: the directories of logs are root's. */
export const splitServiceUnit = `[Unit]
Description=Logs of transfers by FTP, one for each domain

[Service]
ExecStart=/usr/bin/python3 -I -S ${splitProgram}
UMask=0027
Restart=on-failure
RestartSec=1
MemoryMax=64M
MemorySwapMax=0
TasksMax=4
NoNewPrivileges=yes
CapabilityBoundingSet=
RestrictAddressFamilies=AF_UNIX
SystemCallArchitectures=native
`
