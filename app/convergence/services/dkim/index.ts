import type { DesiredDomain, DesiredServer, DomainHead } from '#convergence/desired_server'
import type { FileResource, Resource } from '#convergence/resource'
import type { Change, Command, Probe, Service } from '#convergence/service'
import { rootFile } from '#convergence/root_owned'
import { milterDirectory, milterSockets } from '#convergence/services/postfix/milters'
import { enabled, isStarted, restartOf } from '#convergence/services/scanner/units'
import { toAbsolutePath } from '#convergence/syntax/names'
import { NotWritable } from '#convergence/syntax/not_writable'

const unit = 'opendkim.service'
const configuration = '/etc/opendkim.conf'
const keyDirectory = '/var/lib/tsukasa/dkim'
const keyTable = `${keyDirectory}/keys`
const signingTable = `${keyDirectory}/senders`
const socket = `/var/spool/postfix/${milterSockets.dkim}`

/** MAIL-11: signatures (RFC 6376) on what the server's domains send, and what is said about those that come in. */
export const dkim: Service = {
  name: 'dkim',
  after: ['scanner'],

  serverResources: (server) => [
    directory(`${milterDirectory}/dkim`, 'opendkim', 'postfix', 0o710),
    directory(keyDirectory, 'root', 'opendkim', 0o750),
    rootFile(configuration, configurationOf(server)),
    rootFile(keyTable, keys(server)),
    rootFile(signingTable, senders(server)),
    enabled(unit, `/usr/lib/systemd/system/${unit}`),
    { kind: 'unit', name: unit },
  ],

  domainResources: (domain) => keyOf(domain),

  checks: (changes) => (changes.some(isConfiguration) ? [{ argv: ['opendkim', '-n'] }] : []),
  activations,
  probes: (changes) => (isStarted(changes) || changes.some(isConfiguration) ? [probe] : []),
}

/** Tables are read again at a signal; keys themselves at each message. */
function activations(changes: readonly Change[]): Command[] {
  if (isStarted(changes)) return []
  if (changes.some(isConfiguration)) return restartOf(unit, changes)
  return changes.some(isTable) ? [{ argv: ['systemctl', 'reload', unit] }] : []
}

const probe: Probe = { kind: 'command', argv: ['test', '-S', socket] }

const isConfiguration = ({ key }: Change) => key === `file:${configuration}`
const isTable = ({ key }: Change) => [keyTable, signingTable].some((path) => key === `file:${path}`)

/**
 * opendkim.conf(5). The envelope sender, which Postfix has checked, says whose signature it is, never the From line: nobody
 * gets a neighbour's by writing his name there. Only mail from people who signed in and from programs
 * (which are at 127.0.0.1) is signed at all; Postfix takes no sender of its domains from 127.0.0.1 over SMTP.
 */
function configurationOf({ hostname }: DesiredServer): string {
  return `Socket local:${socket}
UMask 0000
UserID opendkim
PidFile /run/opendkim/opendkim.pid
Syslog yes
SyslogSuccess no
SyslogFacility mail
Mode sv
SenderMacro {mail_addr}
KeyTable file:${keyTable}
SigningTable file:${signingTable}
InternalHosts 127.0.0.1
AuthservID ${hostname}
AlwaysAddARHeader no
Canonicalization relaxed/relaxed
SignatureAlgorithm rsa-sha256
OversignHeaders From
RequireSafeKeys yes
MaximumHeaders 2000000
DNSTimeout 5
On-DNSError accept
On-InternalError accept
On-KeyNotFound accept
On-NoSignature accept
On-BadSignature accept
On-SignatureError accept
`
}

const signed = (server: DesiredServer) =>
  server.domains
    .filter(({ dkimSelector }) => dkimSelector !== null)
    .sort((one, other) => one.id - other.id)

/** `name domain:selector:key`; from heads alone, the keys themselves are the domains' own. */
function keys(server: DesiredServer): string {
  return signed(server)
    .map((domain) => `${domain.unixName} ${domain.name}:${selectorOf(domain)}:${keyPath(domain)}\n`)
    .join('')
}

/** Who signs as whom: addresses of the domain, and its Unix account, as which its programs send. */
function senders(server: DesiredServer): string {
  return signed(server)
    .flatMap(({ name, unixName }) =>
      [name, `${unixName}@${server.hostname}`].map((of) => [of, unixName])
    )
    .map(([of, key]) => `${of} ${key}\n`)
    .join('')
}

function keyOf(domain: DesiredDomain): Resource[] {
  const { dkimSelector, dkimPrivateKey } = domain
  if (dkimSelector === null || dkimPrivateKey === null) return []
  return [keyFile(keyPath(domain), dkimPrivateKey)]
}

/** A new selector is a new file, so that table and key never mix. */
const keyPath = (domain: DomainHead) =>
  `${keyDirectory}/${domain.unixName}.${selectorOf(domain)}.pem`

function selectorOf({ dkimSelector }: DomainHead): string {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(dkimSelector ?? '')) {
    throw new NotWritable(String(dkimSelector))
  }
  return String(dkimSelector)
}

function keyFile(path: string, content: string): FileResource {
  return { ...rootFile(path, content), group: 'opendkim', mode: 0o640, secret: true }
}

function directory(path: string, owner: string, group: string, mode: number): Resource {
  return { kind: 'directory', path: toAbsolutePath(path), owner, group, mode }
}
