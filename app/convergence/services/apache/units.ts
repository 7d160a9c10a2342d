import { below, runDirectory, wakeSocket, webDirectory } from '#convergence/services/apache/layout'
import { phpInstance } from '#convergence/services/php/layout'
import { pipeUnit } from '#convergence/services/waf/layout'
import { toAbsolutePath } from '#convergence/syntax/names'

/**
 * All units are templates or server-wide: a domain more needs no file below /etc/systemd, no daemon-reload
 * and nothing to start. Its web server comes with its first visitor, after a boot as well.
 */

export const unitDirectory = toAbsolutePath('/etc/systemd/system')
export const wakeProgram = below(webDirectory, 'wake.py')
export const confineProgram = below(webDirectory, 'confine.sh')

/**
 * How a program of a site is started, instead of by `ExecStart=PROGRAM` (`confine.sh` says why). `!` makes it root
 * whatever `User=` says, and unlike `+` leaves it under all limits of the unit. Slave, so that a volume that is taken
 * away is taken away here as well, and nothing of here is seen outside.
 */
export function confined(privileges: readonly string[], program: string): string {
  const own = '/usr/bin/unshare --mount --ipc --propagation slave'
  return `ExecStart=!${own} ${confineProgram} ${privileges.join(' ')} -- ${program}`
}

/** What it needs of the unit for that, and gives up before the program starts. */
export const confiningMay = ['sys_admin', 'setpcap']

/** `CapabilityBoundingSet=` of a unit. */
export function bounds(capabilities: readonly string[]): string {
  const names = capabilities.map((name) => `CAP_${name.toUpperCase()}`)
  return `CapabilityBoundingSet=${names.join(' ')}`
}

/** The root parent takes the port and opens the logs, and may do nothing else. */
const parentMay = ['net_bind_service', 'setuid', 'setgid', 'kill']

export function webService(phpVersions: readonly string[]): string {
  const sockets = phpVersions.map((version) => phpInstance(version, '%i', 'socket')).join(' ')
  const services = phpVersions.map((version) => phpInstance(version, '%i', 'service')).join(' ')
  const kept = ['-all', ...parentMay.map((name) => `+${name}`)].join(',')
  const server = `/usr/sbin/apache2 -D FOREGROUND -f ${webDirectory}/server.conf -C "Define account %i"`
  return `[Unit]
Description=Web server of %i
Wants=${sockets} ${pipeUnit('%i')}
After=network.target nftables.service ${sockets} ${services} ${pipeUnit('%i')}
# Nobody wakes a domain that was suspended or deleted meanwhile.
ConditionPathExists=${webDirectory}/%i/open
StartLimitIntervalSec=0

[Service]
# Started means that its directory below /run is there: the waker looks for it.
Type=exec
Slice=tsukasa-%i.slice
EnvironmentFile=${webDirectory}/%i/env
RuntimeDirectory=${runDirectory.replace('/run/', '')}/%i
${confined([`--bounding-set=${kept}`], server)}
ExecReload=/bin/kill -USR1 $MAINPID
# At once: a site is stopped when it is idle, suspended or deleted. (A graceful stop looks once a second, and is
# not heard at all by a server that is just starting.) Changes reload it gracefully.
KillMode=mixed
TimeoutStopSec=5
${bounds([...parentMay, ...confiningMay])}
UMask=0027
LimitNOFILE=8192
OOMPolicy=continue
# When memory ends, sites go before the database and mail.
OOMScoreAdjust=500
`
}

/** Bounds of everything that runs for one domain's site together. */
export const sliceLimits = `[Slice]
TasksMax=400
# Each domain's site has the same part of the processors when all want them, however many threads of it do.
CPUWeight=100
`

export const wakeSocketUnit = `[Unit]
Description=Requests for domains whose web server is asleep

[Socket]
ListenStream=${wakeSocket}
SocketUser=www-data
SocketMode=0600
Backlog=1024

[Install]
WantedBy=sockets.target
`

export const wakeService = `[Unit]
Description=Wakes the web servers of domains, and puts them to sleep
After=network.target nftables.service

[Service]
ExecStart=/usr/bin/python3 -I -S ${wakeProgram}
Restart=on-failure
KillMode=mixed
# Requests that are being passed on may end.
TimeoutStopSec=35
LimitNOFILE=8192
`
