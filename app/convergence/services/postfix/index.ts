import { rootDirectory, rootFile } from '#convergence/root_owned'
import type { Change, Command, Probe, Service } from '#convergence/service'
import {
  localSenders,
  configuration,
  logDirectory,
  mapDirectory,
  srsRecipients,
} from '#convergence/services/postfix/layout'
import { renderMainCf } from '#convergence/services/postfix/main_cf'
import { mapDefinition, mapNames, mapPath } from '#convergence/services/postfix/maps'
import { maildrop, unitPaths } from '#convergence/services/postfix/maildrop'
import { renderMasterCf } from '#convergence/services/postfix/master_cf'
import {
  domainTables,
  emptyTables,
  localSenderTable,
  srsRecipientTable,
} from '#convergence/services/postfix/rows'
import { dailyRotation } from '#convergence/syntax/logrotate'

/** SMTP on 25, submission on 587 and 465 (MAIL-02). Domains and mailboxes are rows that Postfix reads live. */
export const postfix: Service = {
  name: 'postfix',
  after: ['accounts', 'dovecot', 'mail_policy', 'srs', 'scanner', 'dkim', 'mailing_lists'],

  serverResources: (server) => [
    rootDirectory(mapDirectory),
    // proxymap runs as postfix; nobody else reads who has which address.
    rootDirectory('/var/lib/tsukasa/postfix', 'postfix', 0o750),
    ...emptyTables(),
    ...mapNames.map((name) => rootFile(mapPath(name), mapDefinition(name))),
    rootFile(localSenders, localSenderTable(server)),
    rootFile(srsRecipients, srsRecipientTable(server)),
    rootDirectory(logDirectory, 'root', 0o700),
    // Read where customers look for their mail.
    rootFile(rotationPath, dailyRotation(logDirectory, ['postfix reload', 'doveadm log reopen'])),
    rootFile(`${configuration}/main.cf`, renderMainCf(server)),
    rootFile(`${configuration}/master.cf`, renderMasterCf()),
    { kind: 'unit', name: 'postfix.service' },
    ...maildrop,
  ],

  domainResources: domainTables,

  checks: (changes) => (changes.some(isConfiguration) ? checks : []),
  activations: (changes) => [
    ...activations(changes.filter(isConfiguration)),
    ...(changes.some(isUnitUpdate) ? [daemonReload] : []),
  ],
  probes: (changes) => (changes.some(isListening) ? probes : []),
}

/** Reads main.cf and master.cf as the daemons will, and how the queue's directories are owned. */
const checks: Command[] = [{ argv: ['postfix', 'check'] }]

/** The first converge meets a Postfix that listens on loopback only, and inet_interfaces needs a restart. */
function activations(changes: readonly Change[]): Command[] {
  if (changes.length === 0) return []
  const verb = changes.some(({ action }) => action === 'create') ? 'restart' : 'reload-or-restart'
  return [{ argv: ['systemctl', verb, 'postfix.service'], timeout: 60 }]
}

const rotationPath = '/etc/logrotate.d/tsukasa-mail'

/** Files that no daemon keeps open. */
const readAnew: readonly string[] = [localSenders, rotationPath, ...unitPaths]

const daemonReload: Command = { argv: ['systemctl', 'daemon-reload'] }

const probes: Probe[] = [
  { kind: 'greeting', address: '127.0.0.1', port: 25, starts: '220 ' },
  { kind: 'greeting', address: '127.0.0.1', port: 587, starts: '220 ' },
  { kind: 'greeting', address: '127.0.0.1', port: 465, tls: true, starts: '220 ' },
]

function isConfiguration({ resource }: Change): boolean {
  return resource.kind === 'file' && !readAnew.includes(resource.path)
}

/** A Postfix that had to be started counts too. */
function isListening(change: Change): boolean {
  return change.key === 'unit:postfix.service' || isConfiguration(change)
}

const isUnitUpdate = ({ action, resource }: Change) =>
  action === 'update' && resource.kind === 'file' && unitPaths.includes(resource.path)
