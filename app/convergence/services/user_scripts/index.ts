import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rootFile } from '#convergence/root_owned'
import type { Change, Command, Service } from '#convergence/service'
import {
  launcherService,
  launcherSocket,
  sliceLimits,
} from '#convergence/services/user_scripts/units'
import { toAbsolutePath } from '#convergence/syntax/names'

const units = '/etc/systemd/system'
const directoryPath = toAbsolutePath('/etc/tsukasa/user_scripts')
const program = toAbsolutePath(`${directoryPath}/launch.py`)

/** MAIL-09: runs `data/myscript` of a user as himself, for each message that Sieve pipes to it. */
export const userScripts: Service = {
  name: 'user_scripts',
  after: ['accounts', 'directories'],

  serverResources: () => [
    { kind: 'directory', path: directoryPath, owner: 'root', group: 'root', mode: 0o755 },
    rootFile(program, readFileSync(join(import.meta.dirname, 'launch.py'), 'utf8')),
    rootFile(unitPath('tsukasa-user-script.socket'), launcherSocket),
    rootFile(unitPath('tsukasa-user-script@.service'), launcherService(program)),
    rootFile(unitPath('tsukasa-scripts.slice'), sliceLimits),
    {
      kind: 'symlink',
      path: unitPath('sockets.target.wants/tsukasa-user-script.socket'),
      target: '../tsukasa-user-script.socket',
    },
    { kind: 'unit', name: 'tsukasa-user-script.socket' },
  ],

  domainResources: () => [],
  checks: () => [],
  activations: (changes) => (changes.some(isUnitUpdate) ? reload : []),
  probes: () => [],
}

/** Each message starts a program of its own, which is then the new one; only the socket lives on. */
const reload: Command[] = [
  { argv: ['systemctl', 'daemon-reload'] },
  { argv: ['systemctl', 'restart', 'tsukasa-user-script.socket'] },
]

function isUnitUpdate({ action, resource }: Change): boolean {
  return action === 'update' && resource.kind === 'file' && resource.path.startsWith(units)
}

const unitPath = (name: string) => toAbsolutePath(`${units}/${name}`)
