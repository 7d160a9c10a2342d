import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Resource } from '#convergence/resource'
import type { Change, Command, Service } from '#convergence/service'
import { unitDirectory } from '#convergence/services/apache/units'
import { domainDatabases } from '#convergence/services/mariadb/accounts'
import {
  configuration,
  limits,
  noFiles,
  programs,
  spaceProgram,
  spaceUnit,
  state,
  transferProgram,
  unitAddition,
} from '#convergence/services/mariadb/layout'
import { toAbsolutePath } from '#convergence/syntax/names'

const agent = join(import.meta.dirname, '../../agent')

/** WEB-04: databases, their users and what these may (README.md). No change of a domain restarts or reloads anything. */
export const mariadb: Service = {
  name: 'mariadb',
  after: ['accounts', 'directories', 'firewall'],

  serverResources: () => [
    directory(noFiles, 0o755),
    file(configuration, conf),
    directory(dirname(unitAddition), 0o755),
    file(unitAddition, closedData),
    directory(programs, 0o755),
    file(spaceProgram, programOf('space.py')),
    file(transferProgram, programOf('transfer.py')),
    // Who has which databases is nobody else's business.
    directory(state, 0o700),
    { kind: 'table', database: limits, table: 'limits', rows: [] },
    file(`${unitDirectory}/${spaceUnit}.service`, serviceUnit),
    file(`${unitDirectory}/${spaceUnit}.timer`, timerUnit),
    {
      kind: 'symlink',
      path: toAbsolutePath(`${unitDirectory}/timers.target.wants/${spaceUnit}.timer`),
      target: `../${spaceUnit}.timer`,
    },
    { kind: 'unit', name: 'mariadb.service' },
    { kind: 'unit', name: `${spaceUnit}.timer` },
  ],

  domainResources: domainDatabases,

  checks: (changes) => (changes.some(isConfiguration) ? [configurationIsGood] : []),
  activations: (changes) => [
    ...(changes.some(isUnit) ? [reloadUnits] : []),
    ...(changes.some(isConfiguration) || changes.some(isAddition) ? [restart] : []),
  ],
  probes: (changes) =>
    changes.some(isConfiguration)
      ? [{ kind: 'command', argv: ['mariadb-admin', '--no-defaults', 'ping'], within: 30 }]
      : [],
}

/**
 * Only this machine reaches it, by the socket and 127.0.0.1, whose name is looked up nowhere. No file of the server comes in
 * or goes out by SQL. What one connection may take of the memory, which sessions could set as they like, is bounded; and what it may spill to the disk is bounded (MariaDB 11.5 and later).
 */
const conf = `[mariadbd]
bind_address = 127.0.0.1
skip_name_resolve = OFF
local_infile = OFF
secure_file_priv = ${noFiles}
symbolic_links = OFF
event_scheduler = OFF
character_set_server = utf8mb4
collation_server = utf8mb4_general_ci
max_connections = 500
max_user_connections = 40
connect_timeout = 5
max_allowed_packet = 64M
innodb_temp_data_file_path = ibtmp1:12M:autoextend:max:2G
maximum_max_heap_table_size = 16M
maximum_tmp_table_size = 64M
maximum_sort_buffer_size = 4M
maximum_join_buffer_size = 4M
maximum_read_buffer_size = 2M
maximum_read_rnd_buffer_size = 4M
maximum_group_concat_max_len = 16M
maximum_bulk_insert_buffer_size = 16M
maximum_myisam_sort_buffer_size = 128M
maximum_preload_buffer_size = 1M
max_session_mem_used = 256M
maximum_max_session_mem_used = 256M
loose_max_tmp_session_space_usage = 1G
loose_max_tmp_total_space_usage = 4G
`

/** Only for its long help are all values read; nothing is started. */
const configurationIsGood: Command = {
  argv: ['sh', '-c', 'mariadbd --user=mysql --verbose --help >/dev/null'],
}

const reloadUnits: Command = { argv: ['systemctl', 'daemon-reload'] }

/** What is under way is finished or rolled back; what was committed stays. */
const restart: Command = { argv: ['systemctl', 'restart', 'mariadb.service'], timeout: 120 }

/** Directories have the names of databases, which are nobody else's business. */
const closedData = `[Service]
ExecStartPre=+/bin/chmod 0700 /var/lib/mysql
`

const serviceUnit = `[Unit]
Description=Room of databases
After=mariadb.service

[Service]
Type=oneshot
ExecStart=/usr/bin/python3 -I -S ${spaceProgram}
Nice=10
TimeoutStartSec=120
`

const timerUnit = `[Unit]
Description=Looks how much room databases take

[Timer]
OnActiveSec=10
OnUnitInactiveSec=30
AccuracySec=5

[Install]
WantedBy=timers.target
`

/** They speak with MariaDB as the agent does, by the same words. */
function programOf(name: string) {
  const shared = ['1_wire.py', '5_commands.py', '15_databases.py'].map((part) =>
    readFileSync(join(agent, part), 'utf8')
  )
  return [...shared, readFileSync(join(import.meta.dirname, name), 'utf8')].join('\n')
}

const isConfiguration = ({ resource }: Change) =>
  resource.kind === 'file' && resource.path === configuration
const isAddition = ({ resource }: Change) =>
  resource.kind === 'file' && resource.path === unitAddition
const isUnit = (change: Change) =>
  isAddition(change) ||
  (change.action === 'update' &&
    change.resource.kind === 'file' &&
    change.resource.path.startsWith(unitDirectory))

function directory(path: string, mode: number): Resource {
  return { kind: 'directory', path: toAbsolutePath(path), owner: 'root', group: 'root', mode }
}

function file(path: string, content: string): Resource {
  return {
    kind: 'file',
    path: toAbsolutePath(path),
    content,
    owner: 'root',
    group: 'root',
    mode: 0o644,
  }
}
