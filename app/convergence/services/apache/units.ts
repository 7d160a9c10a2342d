import { below, runDirectory, wakeSocket, webDirectory } from '#convergence/services/apache/layout'
import { phpInstance } from '#convergence/services/php/layout'
import { toAbsolutePath } from '#convergence/syntax/names'

/**
 * All units are templates or server-wide: a domain more needs no file below /etc/systemd, no daemon-reload
 * and nothing to start. Its web server comes with its first visitor, after a boot as well.
 */

export const unitDirectory = toAbsolutePath('/etc/systemd/system')
export const wakeProgram = below(webDirectory, 'wake.py')

/**
 * PNL-05: what everybody may write to lies outside the domain's volume and so outside its quota. Programs of a site
 * get a small one of their own in memory, which ends with them; their TMPDIR is the domain's.
 */
export const confined = `TemporaryFileSystem=/tmp:size=64M,mode=1777 /var/tmp:size=64M,mode=1777 /dev/shm:size=64M,mode=1777
InaccessiblePaths=-/run/lock -/var/lib/php/sessions`

/** The root parent takes the port and opens the logs, and may do nothing else. */
export function webService(phpVersions: readonly string[]): string {
  const sockets = phpVersions.map((version) => phpInstance(version, '%i', 'socket')).join(' ')
  const services = phpVersions.map((version) => phpInstance(version, '%i', 'service')).join(' ')
  return `[Unit]
Description=Web server of %i
Wants=${sockets}
After=network.target nftables.service ${sockets} ${services}
# Nobody wakes a domain that was suspended or deleted meanwhile.
ConditionPathExists=${webDirectory}/%i/open
StartLimitIntervalSec=0

[Service]
# Started means that its directory below /run is there: the waker looks for it.
Type=exec
Slice=tsukasa-%i.slice
EnvironmentFile=${webDirectory}/%i/env
RuntimeDirectory=${runDirectory.replace('/run/', '')}/%i
ExecStart=/usr/sbin/apache2 -D FOREGROUND -f ${webDirectory}/server.conf -C "Define account %i"
ExecReload=/bin/kill -USR1 $MAINPID
# At once: a site is stopped when it is idle, suspended or deleted. (A graceful stop looks once a second, and is
# not heard at all by a server that is just starting.) Changes reload it gracefully.
KillMode=mixed
TimeoutStopSec=5
CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_SETUID CAP_SETGID CAP_KILL
${confined}
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
