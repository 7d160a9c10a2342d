import { collectProgram, pipesDirectory, wafDirectory } from '#convergence/services/waf/layout'

/**
 * systemd keeps the pipe open: the site never waits for a program that is not there, and what is in the pipe waits for it.
 * Only root may open it, so a site's programs cannot: its Apache was given it by the parent.
 */
export const pipeSocketUnit = `[Unit]
Description=What the WAF of %i notes
ConditionPathExists=${wafDirectory}/%i.conf

[Socket]
ListenFIFO=${pipesDirectory}/%i/pipe
DirectoryMode=0700
SocketMode=0600
PipeSize=256K
`

/** Root without any capability: where events are kept is root's. It counts as the domain's. */
export const collectServiceUnit = `[Unit]
Description=Keeps what the WAF of %i notes
StartLimitIntervalSec=0

[Service]
Slice=tsukasa-%i.slice
ExecStart=/usr/bin/python3 -I -S ${collectProgram} collect %i
UMask=0077
Restart=on-failure
RestartSec=1
MemoryMax=64M
MemorySwapMax=0
TasksMax=4
OOMScoreAdjust=500
NoNewPrivileges=yes
CapabilityBoundingSet=
RestrictAddressFamilies=AF_UNIX
SystemCallArchitectures=native
`
