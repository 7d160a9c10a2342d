import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type {
  DesiredCertificate,
  DesiredDomain,
  DesiredServer,
  DomainHead,
} from '#convergence/desired_server'
import type { FileResource, Resource } from '#convergence/resource'
import type { Change, Command, Probe } from '#convergence/service'
import {
  below,
  frontRules,
  isTls,
  ports,
  webDirectory,
  webPorts,
} from '#convergence/services/apache/layout'
import { directive, section } from '#convergence/syntax/apache'
import { type AbsolutePath, type DomainName, toDomainName } from '#convergence/syntax/names'

/**
 * Certificates of domains (OPT-05, WEB-09). Apache chooses one by the name in the greeting (SNI), for which it wants a
 * virtual host; what a request gets is decided by the same rules in each. Only root reads keys: Apache
 * does before it becomes www-data.
 */
export const tlsDirectory = below(webDirectory, 'tls')

/** Programs that look at certificates on the server. */
export const certificateProgram = below(webDirectory, 'certificate.py')

const files = (owner: string) => ({
  host: below(tlsDirectory, `${owner}.conf`),
  chain: below(tlsDirectory, `${owner}.crt`),
  key: below(tlsDirectory, `${owner}.key`),
})

/** Where mail daemons find a domain's certificate, too. */
export const certificateFiles = ({ unixName }: Pick<DomainHead, 'unixName'>) => files(unixName)
/** Another certificate has another name, so whoever is told of it reads it anew. */
export const providerFiles = ({ chain }: DesiredCertificate) =>
  files(`provider-${digestOf(chain).slice(0, 16)}`)

/** What a server shows for its own name, and for all that have none (MAIL-11): the provider's where it fits. */
export function serverFiles({ hostname, providerCertificates }: DesiredServer) {
  const found = providerCertificates.find((each) => covers(each, hostname))
  if (!found) return { chain: '/etc/tsukasa/tls/server.crt', key: '/etc/tsukasa/tls/server.key' }
  const { chain, key } = providerFiles(found)
  return { chain: String(chain), key: String(key) }
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex')

/** RFC 6125: a star stands for exactly one label. */
export function covers({ names }: DesiredCertificate, name: string): boolean {
  return names.includes(name) || names.includes(`*${name.slice(name.indexOf('.'))}`)
}

/** First labels of names that mail programs and mail servers ask for (MAIL-11). */
const mailLabels = ['mail', 'autoconfig', 'autodiscover', 'mta-sts']

/** Names below a domain that the front and the mail daemons answer to, but for those that are a domain of their own. */
export function answeredNames(
  domain: DomainHead,
  own: readonly string[],
  { domains }: DesiredServer
): DomainName[] {
  const others = new Set(domains.filter(({ id }) => id !== domain.id).map(({ name }) => `${name}`))
  const mail = mailLabels.map((label) => `${label}.${domain.name}`)
  return [...new Set([...own, ...mail])].filter((name) => !others.has(name)).map(toDomainName)
}

/** Those for which the domain's certificate is shown; none without one. */
export function certifiedNames(
  domain: DesiredDomain,
  own: readonly string[],
  server: DesiredServer
): DomainName[] {
  const { certificate } = domain
  if (certificate === null) return []
  return answeredNames(domain, own, server).filter((name) => covers(certificate, name))
}

export function domainTls(
  domain: DesiredDomain,
  own: readonly string[],
  server: DesiredServer
): Resource[] {
  const names = certifiedNames(domain, own, server)
  if (domain.certificate === null || names.length === 0) return []
  const { http2 } = domain.https
  return certificateResources(certificateFiles(domain), domain.certificate, names, http2)
}

/** What the provider has for the names that he gives out: test domains, ready domains, servers (DOM-02, DOM-03). */
export function providerTls({ providerCertificates }: DesiredServer): Resource[] {
  return providerCertificates.flatMap((certificate) =>
    certificateResources(providerFiles(certificate), certificate, certificate.names, true)
  )
}

function certificateResources(
  { host, chain, key }: ReturnType<typeof files>,
  certificate: DesiredCertificate,
  names: readonly string[],
  http2: boolean
): Resource[] {
  return [
    secret(key, certificate.privateKey),
    file(chain, certificate.chain),
    file(host, digestLine(certificate) + virtualHosts(names, chain, key, http2)),
  ]
}

/** A renewed certificate changes what names it, too: daemons are told, and it is looked at. */
export function digestLine({ chain }: DesiredCertificate) {
  return `# ${digestOf(chain)}\n`
}

function virtualHosts(
  names: readonly string[],
  chain: AbsolutePath,
  key: AbsolutePath,
  http2: boolean
): string {
  const [first, ...others] = names
  const hosts = webPorts.filter(isTls).flatMap((port) =>
    section('VirtualHost', `*:${ports[port].front}`, [
      // A star is not allowed as a server's own name.
      directive('ServerName', first.replace(/^\*/, 'any')),
      ...[...(first.startsWith('*') ? [first] : []), ...others].map((name) =>
        directive('ServerAlias', name)
      ),
      directive('Include', frontRules(port)),
      directive('Protocols', ...(http2 ? ['h2', 'http/1.1'] : ['http/1.1'])),
      directive('SSLCertificateFile', chain),
      directive('SSLCertificateKeyFile', key),
    ])
  )
  return `${hosts.join('\n')}\n`
}

/** Read by Apache only when it starts, so `apache2 -t` says nothing about them: what would end it is found here. */
export function certificateChecks(changes: readonly Change[]): Command[] {
  return changedOwners(changes).map(({ scope, owner }) => ({
    argv: ['python3', '-I', certificateProgram, 'check', files(owner).chain, files(owner).key],
    scope,
  }))
}

/** Whether visitors are shown it now. */
export function certificateProbes(changes: readonly Change[], server: DesiredServer): Probe[] {
  return changes.filter(isHost).flatMap((change) => {
    const name = /^ *ServerName (\S+)$/m.exec(contentOf(change))?.[1]
    if (change.action === 'remove' || name === undefined) return []
    return webPorts.filter(isTls).map((port) => ({
      kind: 'command' as const,
      scope: change.scope,
      argv: [
        ...(['python3', '-I', certificateProgram, 'served'] as const),
        ...[files(ownerOf(change)).chain, server.address, String(ports[port].front), name],
      ] as [string, ...string[]],
    }))
  })
}

export const isTlsFile = ({ resource }: Change) =>
  'path' in resource && String(resource.path).startsWith(`${tlsDirectory}/`)

const isHost = (change: Change) => isTlsFile(change) && change.key.endsWith('.conf')

function changedOwners(changes: readonly Change[]) {
  const changed = changes.filter((change) => change.action !== 'remove' && isTlsFile(change))
  const owners = new Map(changed.map((change) => [ownerOf(change), change.scope]))
  return [...owners].map(([owner, scope]) => ({ owner, scope }))
}

function ownerOf({ key }: Change) {
  return key.slice(key.lastIndexOf('/') + 1).replace(/\.\w+$/, '')
}

const contentOf = ({ resource }: Change) => (resource.kind === 'file' ? resource.content : '')

export const certificateProgramFile = (): FileResource =>
  file(certificateProgram, readFileSync(join(import.meta.dirname, 'certificate.py'), 'utf8'))

function file(path: AbsolutePath, content: string): FileResource {
  return { kind: 'file', path, content, owner: 'root', group: 'root', mode: 0o644 }
}

function secret(path: AbsolutePath, content: string): FileResource {
  return { ...file(path, content), mode: 0o600, secret: true }
}
