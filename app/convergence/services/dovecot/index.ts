import type { DesiredServer } from '#convergence/desired_server'
import type { Change, Command, Probe, Service } from '#convergence/service'
import { renderConf } from '#convergence/services/dovecot/conf'
import { junk } from '#convergence/services/dovecot/junk'
import { certificateHosts, sniFolder } from '#convergence/services/dovecot/sni'
import { domainTables, emptyTables } from '#convergence/services/dovecot/users'
import { toAbsolutePath } from '#convergence/syntax/names'

/** IMAP, POP3, delivery into mailboxes, and who may sign in to mail (MAIL-01, MAIL-02). */
export const dovecot: Service = {
  name: 'dovecot',
  after: ['accounts', 'apache', 'directories', 'sieve', 'user_scripts'],

  serverResources: (server) => [
    // Password hashes: only Dovecot's own processes may read.
    {
      kind: 'directory',
      path: toAbsolutePath('/var/lib/tsukasa/dovecot'),
      owner: 'root',
      group: 'dovecot',
      mode: 0o750,
    },
    ...emptyTables(),
    {
      kind: 'file',
      path: toAbsolutePath('/etc/dovecot/dovecot.conf'),
      content: renderConf(server),
      owner: 'root',
      group: 'root',
      mode: 0o644,
    },
    sniFolder,
    { kind: 'unit', name: 'dovecot.service' },
    ...junk,
  ],

  domainResources: (domain, server) => [
    ...domainTables(domain, server),
    ...certificateHosts(domain, server),
  ],

  checks: (changes) => (changes.some(isConfiguration) ? [{ argv: ['doveconf', '-n'] }] : []),
  activations: (changes, server) => [
    ...(changes.some(isConfiguration) ? [reload] : []),
    ...(changes.some(isUnitUpdate) ? [daemonReload] : []),
    ...kicks(changes, server),
  ],
  probes: (changes) => (changes.some(isListening) ? probes : []),
}

const reload: Command = { argv: ['systemctl', 'reload-or-restart', 'dovecot.service'], timeout: 60 }

/** Who is suspended is also signed out of what he has open. */
function kicks(changes: readonly Change[], server: DesiredServer): Command[] {
  return changes
    .filter(({ resource }) => resource.kind === 'table' && resource.table === 'passwords')
    .flatMap(({ scope }) => masksOf(scope, server))
    .map(signOut)
}

/** Closes the connections of every user that the mask fits; 0 where there is none. */
const signOut = (mask: string): Command => ({ argv: ['doveadm', 'kick', mask] })

function masksOf(scope: Change['scope'], server: DesiredServer): string[] {
  const domain = server.details.get(Number(scope.replace('domain:', '')))
  if (!domain) return []
  if (domain.suspended) return [`*@${domain.name}`]
  return domain.mailboxes
    .filter(({ suspended }) => suspended)
    .map(({ localPart }) => `${localPart}@${domain.name}`)
}

const probes: Probe[] = [
  { kind: 'greeting', address: '127.0.0.1', port: 143, starts: '* OK' },
  { kind: 'greeting', address: '127.0.0.1', port: 993, tls: true, starts: '* OK' },
  { kind: 'greeting', address: '127.0.0.1', port: 110, starts: '+OK' },
  { kind: 'greeting', address: '127.0.0.1', port: 995, tls: true, starts: '+OK' },
]

const daemonReload: Command = { argv: ['systemctl', 'daemon-reload'] }

const isFileBelow = (directory: string, { resource }: Change) =>
  resource.kind === 'file' && resource.path.startsWith(`${directory}/`)
const isConfiguration = (change: Change) => isFileBelow('/etc/dovecot', change)
const isUnitUpdate = (change: Change) =>
  change.action === 'update' && isFileBelow('/etc/systemd/system', change)
const isListening = (change: Change) =>
  isConfiguration(change) || change.key === 'unit:dovecot.service'
