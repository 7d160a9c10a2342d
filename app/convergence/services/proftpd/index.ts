import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DesiredServer } from '#convergence/desired_server'
import type { FileResource, Resource } from '#convergence/resource'
import type { Change, Command, Service } from '#convergence/service'
import { renderConf } from '#convergence/services/proftpd/conf'
import { homesOf, noHomes } from '#convergence/services/proftpd/homes'
import {
  configuration,
  configurationDirectory,
  logDirectory,
  passwordProgram,
  port,
  program,
  splitProgram,
  splitUnit,
  stateDirectory,
  usersFile,
} from '#convergence/services/proftpd/layout'
import { pamFile, pamService } from '#convergence/services/proftpd/pam'
import {
  service,
  slice,
  socket,
  splitServiceUnit,
  splitSocketUnit,
} from '#convergence/services/proftpd/units'
import { dailyRotation } from '#convergence/syntax/logrotate'
import { type AbsolutePath, toAbsolutePath } from '#convergence/syntax/names'

/** FTP and FTP over SSL for each user of a domain, in his home or in the domain's tree (WEB-05). */
export const proftpd: Service = {
  name: 'proftpd',
  after: ['accounts', 'directories', 'dovecot'],

  serverResources: (server) => [
    { kind: 'directory', path: configurationDirectory, owner: 'root', group: 'root', mode: 0o755 },
    { kind: 'directory', path: stateDirectory, owner: 'root', group: 'root', mode: 0o700 },
    { kind: 'directory', path: logDirectory, owner: 'root', group: 'root', mode: 0o700 },
    file(configuration, renderConf(server)),
    file(program, textOf('start.py')),
    file(passwordProgram, textOf('password.py')),
    file(splitProgram, textOf('split.py')),
    file(toAbsolutePath(`/etc/pam.d/${pamService}`), pamFile),
    file(toAbsolutePath('/etc/logrotate.d/tsukasa-ftp'), dailyRotation(logDirectory)),
    file(unitPath('tsukasa-ftp.socket'), socket),
    file(unitPath('tsukasa-ftp@.service'), service(program)),
    file(unitPath('tsukasa-ftp.slice'), slice),
    file(unitPath(`${splitUnit}.socket`), splitSocketUnit),
    file(unitPath(`${splitUnit}.service`), splitServiceUnit),
    ...[`${splitUnit}.socket`, 'tsukasa-ftp.socket'].map(wantedBySockets),
    // Debian's own, which would take the port at the next boot where it is enabled.
    { kind: 'symlink', path: unitPath('proftpd.service'), target: '/dev/null' },
    { kind: 'unit', name: `${splitUnit}.socket` },
    { kind: 'unit', name: 'tsukasa-ftp.socket' },
    noHomes,
  ],

  domainResources: (domain) => [homesOf(domain)],

  checks: (changes) => (changes.some(isConfiguration) ? [check] : []),
  activations: (changes, server) => [
    ...(changes.some(isUnitUpdate) ? reload : []),
    ...signOuts(changes, server),
  ],
  probes: (changes) =>
    changes.some(isServerWide)
      ? [{ kind: 'greeting', address: '127.0.0.1', port, starts: '220 ' }]
      : [],
}

/** ProFTPD wants to see the file of users, which `start.py` makes at the first connection. */
const check: Command = {
  argv: [
    ...(['sh', '-c', 'umask 077; touch "$1" && exec proftpd -t -c "$2"', 'sh'] as const),
    usersFile,
    configuration,
  ],
}

/** Each connection starts a program of its own, which is then the new one; only the socket lives on. */
const reload: Command[] = [
  { argv: ['systemctl', 'daemon-reload'] },
  { argv: ['systemctl', 'restart', `${splitUnit}.socket`, 'tsukasa-ftp.socket'] },
]

/** Who sees a domain's tree without having the right any more, or is suspended, is out at once. */
function signOuts(changes: readonly Change[], { details }: DesiredServer): Command[] {
  return changes
    .filter(({ action, resource }) => action !== 'create' && resource.kind === 'table')
    .flatMap(({ scope }) => details.get(Number(scope.replace('domain:', ''))) ?? [])
    .map(({ uid, mailboxes }) =>
      endSessions([uid, ...mailboxes.flatMap((one) => (one.suspended ? [one.uid] : []))])
    )
}

/** Nobody there is no reason to put the change back. */
const endSessions = (uids: readonly number[]): Command => ({
  argv: ['sh', '-c', 'pkill -KILL -U "$1" -x proftpd; exit 0', 'sh', uids.join(',')],
})

const isFileBelow = (directory: string, { resource }: Change) =>
  resource.kind === 'file' && resource.path.startsWith(`${directory}/`)
const isConfiguration = (change: Change) => isFileBelow(configurationDirectory, change)
const isUnitUpdate = (change: Change) =>
  change.action === 'update' && isFileBelow('/etc/systemd/system', change)
const isServerWide = ({ scope, resource }: Change) =>
  scope === 'server' && resource.kind !== 'table'

const textOf = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8')
const wantedBySockets = (name: string): Resource => ({
  kind: 'symlink',
  path: unitPath(`sockets.target.wants/${name}`),
  target: `../${name}`,
})

const unitPath = (name: string) => toAbsolutePath(`/etc/systemd/system/${name}`)

function file(path: AbsolutePath, content: string): FileResource {
  return { kind: 'file', path, content, owner: 'root', group: 'root', mode: 0o644 }
}
