import type { FileResource } from '#convergence/resource'
import type { Change, Command, Service } from '#convergence/service'
import { bounds, confined, confiningMay, unitDirectory } from '#convergence/services/apache/units'
import { below } from '#convergence/services/apache/layout'
import { domainIni, domainIniReloads } from '#convergence/services/php/domain_ini'
import { phpDirectory, phpSocket, phpUnit } from '#convergence/services/php/layout'
import { toUnixName, type AbsolutePath } from '#convergence/syntax/names'

/**
 * PHP for sites (WEB-01, WEB-03): one FPM per domain and version, run as the domain's account from its start,
 * started by its socket and stopped with the domain's web server. A shared FPM would have a root parent that
 * shares memory with every customer, one opcache for all, and would stop for all when one domain changes.
 */
export const php: Service = {
  name: 'php',
  after: ['accounts', 'directories'],

  serverResources({ phpVersions }) {
    return [
      { kind: 'directory', path: phpDirectory, owner: 'root', group: 'root', mode: 0o755 },
      file(below(phpDirectory, '50-server.ini'), ini),
      ...phpVersions.flatMap((version) => [
        file(poolPath(version), pool),
        file(below(unitDirectory, phpUnit(version, 'socket')), socket(version)),
        file(below(unitDirectory, phpUnit(version, 'service')), service(version)),
      ]),
    ]
  },

  domainResources: domainIni,

  checks(changes, { phpVersions }) {
    return phpVersions.filter((version) => changes.some(isOf(version))).map(check)
  },

  activations(changes, { phpVersions }) {
    const changed = changes.filter(({ action }) => action === 'update')
    const versions = phpVersions.filter((version) => changed.some(isOf(version)))
    return [
      ...(changed.some(({ key }) => key.includes(unitDirectory)) ? [daemonReload] : []),
      ...versions.map((version): Command => ({
        argv: [
          'systemctl',
          'try-reload-or-restart',
          '--',
          phpUnit(version, 'service').replace('@', '@*'),
        ],
      })),
      ...domainIniReloads(changes, phpVersions),
    ]
  },

  probes: () => [],
}

const daemonReload: Command = { argv: ['systemctl', 'daemon-reload'] }

/** The common ini concerns every version, a pool only its own. */
function isOf(version: string) {
  return ({ key }: Change) => key === `file:${poolPath(version)}` || key.endsWith('/50-server.ini')
}

function check(version: string): Command {
  return {
    argv: [
      // Like the real one: not root, so that a missing `user` is no error.
      ...['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
      ...['env', 'TSUKASA_ACCOUNT=nobody', 'TSUKASA_ROOT=/nonexistent', 'TSUKASA_DOMAIN=localhost'],
      ...[`TSUKASA_SOCKET=/run/tsukasa/php/check.sock`, `PHP_INI_SCAN_DIR=:${phpDirectory}`],
      ...[`php-fpm${version}`, '-t', '-y', poolPath(version)],
    ] as unknown as Command['argv'],
  }
}

const poolPath = (version: string) => below(phpDirectory, `pool-${version}.conf`)

/** `\${…}` comes from the unit's environment: one file serves all domains. */
const pool = `; A domain's own PHP: tsukasa-php@.service
[global]
daemonize = no
error_log = syslog
syslog.ident = tsukasa-php
log_level = warning
process_control_timeout = 30s

[site]
listen = \${TSUKASA_SOCKET}
pm = ondemand
pm.max_children = 20
pm.process_idle_timeout = 10s
pm.max_requests = 1000
request_terminate_timeout = 300s
security.limit_extensions = .php
env[PATH] = /usr/local/bin:/usr/bin:/bin
env[TMPDIR] = \${TSUKASA_ROOT}/tmp
`

const ini = `; For every domain of this server; what the domain's owner chose in the panel and his var/php.ini come after it.
expose_php = Off
date.timezone = Asia/Tokyo
memory_limit = 256M
upload_max_filesize = 200M
post_max_size = 208M
max_input_time = 300
upload_tmp_dir = \${TSUKASA_ROOT}/tmp
sys_temp_dir = \${TSUKASA_ROOT}/tmp
session.save_path = \${TSUKASA_ROOT}/tmp
session.gc_probability = 1
sendmail_path = "/usr/sbin/sendmail -t -i -f webmaster@\${TSUKASA_DOMAIN}"
opcache.memory_consumption = 64
opcache.interned_strings_buffer = 8
`

function socket(version: string): string {
  return `[Unit]
Description=PHP ${version} of %i
PartOf=tsukasa-web@%i.service

[Socket]
Slice=tsukasa-%i.slice
ListenStream=${instanceSocket(version)}
SocketUser=%i
SocketGroup=%i
SocketMode=0600
RemoveOnStop=yes
Backlog=64
TriggerLimitIntervalSec=0
PollLimitIntervalSec=2
PollLimitBurst=10
`
}

/** Before it reads anything, and without the capabilities of the unit. `User=` is that of a reload. */
const asAccount = ['--reuid=%i', '--regid=%i', '--clear-groups', '--bounding-set=-all']

function service(version: string): string {
  const server = `/usr/sbin/php-fpm${version} --nodaemonize --fpm-config ${poolPath(version)}`
  return `[Unit]
Description=PHP ${version} of %i
PartOf=tsukasa-web@%i.service
Requires=${phpUnit(version, 'socket').replace('@', '@%i')}
StartLimitIntervalSec=0

[Service]
Slice=tsukasa-%i.slice
User=%i
Group=%i
EnvironmentFile=/etc/tsukasa/web/%i/env
Environment=TSUKASA_ACCOUNT=%i TSUKASA_SOCKET=${instanceSocket(version)} FPM_SOCKETS=${instanceSocket(version)}=3
${confined(asAccount, server)}
ExecReload=/bin/kill -USR2 $MAINPID
KillMode=mixed
TimeoutStopSec=5
${bounds(['setuid', 'setgid', ...confiningMay])}
UMask=0022
LimitNOFILE=8192
OOMPolicy=continue
OOMScoreAdjust=500
`
}

/** With systemd's name for the instance instead of an account. */
function instanceSocket(version: string): string {
  return phpSocket(toUnixName('instance'), version).replace('instance', '%i')
}

function file(path: AbsolutePath, content: string): FileResource {
  return { kind: 'file', path, content, owner: 'root', group: 'root', mode: 0o644 }
}
