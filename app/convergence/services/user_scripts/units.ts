import { mailGroup } from '#convergence/services/accounts/index'
import { programDirectory, runSeconds } from '#convergence/services/user_scripts/layout'
import { userScriptProgram } from '#convergence/services/sieve/script'

/** More than Postfix delivers at a time (100), so that none is turned away. */
const connections = 128
/** Of one run. */
const tasks = 32

/**
 * Only Dovecot's processes have the group, so only they connect. The limit a source is one for each user (by uid):
 * Postfix delivers fewer at a time to one mailbox, so none of his messages misses the script.
 */
export const launcherSocket = `[Unit]
Description=Messages for the scripts of mail users

[Socket]
ListenStream=${programDirectory}/${userScriptProgram}
DirectoryMode=0755
SocketUser=root
SocketGroup=${mailGroup.name}
SocketMode=0660
Accept=yes
Backlog=256
MaxConnections=${connections}
MaxConnectionsPerSource=8
# Many messages at once are no fault.
TriggerLimitIntervalSec=0
PollLimitIntervalSec=0
RemoveOnStop=yes

[Install]
WantedBy=sockets.target
`

/**
 * One message. When the launcher ends, whatever the script left behind is killed with its control group, and systemd
 * ends the launcher itself should it ever hang.
 */
export const launcherService = (program: string) => `[Unit]
Description=Script of a mail user
CollectMode=inactive-or-failed

[Service]
Slice=tsukasa-scripts.slice
ExecStart=/usr/bin/python3 -I -S ${program} ${runSeconds}
StandardInput=socket
StandardOutput=null
StandardError=journal
KillMode=control-group
KillSignal=SIGKILL
RuntimeMaxSec=${runSeconds + 10}
TimeoutStopSec=5
MemoryMax=256M
MemorySwapMax=0
TasksMax=${tasks}
# To become the user, to give him a /tmp of his own, and to end what is his.
CapabilityBoundingSet=CAP_SETUID CAP_SETGID CAP_SYS_ADMIN CAP_KILL
NoNewPrivileges=yes
LimitCORE=0
LimitNOFILE=1024
OOMPolicy=kill
OOMScoreAdjust=800
Environment=LANG=C.UTF-8
`

/** All scripts of a server together: as many tasks as all of them may have, so that no user takes another's. */
export const sliceLimits = `[Unit]
Description=Scripts of mail users

[Slice]
TasksMax=${connections * tasks}
MemoryMax=40%
CPUWeight=50
`
