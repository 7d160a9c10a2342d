import type { DesiredServer, DomainHead } from '#convergence/desired_server'
import type { FileResource } from '#convergence/resource'
import type { Service } from '#convergence/service'
import { passwordMark, passwordMarks, signOuts } from '#convergence/services/accounts/sign_outs'
import { listsAccount } from '#convergence/services/mailing_lists/layout'
import { policyAccount } from '#convergence/services/mail_policy/layout'
import { colonTable } from '#convergence/syntax/colon_table'
import { toAbsolutePath } from '#convergence/syntax/names'

/** Members may sign in over SSH (SSH-01); sshd lets nobody else in. Below the first domain's gid. */
export const signInGroup = { name: 'tsukasa-ssh', gid: 19999 } as const

/** Nobody is a member: Dovecot gives it to the processes that work on a mailbox, on top of the user's own ids. */
export const mailGroup = { name: 'tsukasa-mail', gid: 19998 } as const

/**
 * One Unix account per domain, in the files of libnss-extrausers: read live, nothing to reload. A second
 * entry of the same uid carries the name that customers sign in with; the first one is what uid → name gives.
 */
export const accounts: Service = {
  name: 'accounts',
  after: [],

  serverResources(server) {
    const domains = [...server.domains].sort((one, other) => one.uid - other.uid)
    return [
      {
        kind: 'directory',
        path: toAbsolutePath('/var/lib/extrausers'),
        owner: 'root',
        group: 'root',
        mode: 0o755,
      },
      file(
        'passwd',
        colonTable([...systemRecords, ...domains.flatMap(passwdRecords)]),
        'root',
        0o644
      ),
      file('group', colonTable(groupRecords(domains)), 'root', 0o644),
      {
        ...file('shadow', colonTable(domains.flatMap(shadowRecords)), 'shadow', 0o640),
        secret: true,
      },
      cronAllow,
      passwordMarks,
    ]
  },

  domainResources: (domain) => [passwordMark(domain)],
  checks: () => [],
  activations: (changes, server) => signOuts(changes, server),
  probes: () => [],
}

/** Programs of customers run for visitors; cron's would outlive a suspension and count nowhere. */
const cronAllow: FileResource = {
  kind: 'file',
  path: toAbsolutePath('/etc/cron.allow'),
  content: 'root\n',
  owner: 'root',
  group: 'root',
  mode: 0o644,
}

export const signInName = (domain: DomainHead) => `admin@${domain.name}`

/** Nobody signs in as these. */
const systemRecords = [listsAccount, policyAccount].map(({ name, id }) => [
  ...[name, 'x', id, id],
  ...['', '/nonexistent', '/usr/sbin/nologin'],
])

function passwdRecords(domain: DomainHead) {
  return [domain.unixName, signInName(domain)].map((name) => [
    name,
    'x',
    domain.uid,
    domain.uid,
    '',
    domain.root,
    domain.suspended ? '/usr/sbin/nologin' : '/bin/bash',
  ])
}

function groupRecords(domains: DesiredServer['domains']) {
  const members = domains
    .filter(({ suspended, sshForbidden }) => !suspended && !sshForbidden)
    .map(signInName)
  return [
    [mailGroup.name, 'x', mailGroup.gid, ''],
    ...[listsAccount, policyAccount].map(({ name, id }) => [name, 'x', id, '']),
    [signInGroup.name, 'x', signInGroup.gid, members.join(',')],
    ...domains.map((domain) => [domain.unixName, 'x', domain.uid, '']),
  ]
}

/** The Unix name itself has no password; `!` before a hash locks it without losing it. */
function shadowRecords(domain: DomainHead) {
  const hash = `${domain.suspended ? '!' : ''}${domain.passwordHash}`
  return [
    [domain.unixName, '!', '', '', '', '', '', '', ''],
    [signInName(domain), hash, '', '', '', '', '', '', ''],
  ]
}

function file(name: string, content: string, group: string, mode: number): FileResource {
  return {
    kind: 'file',
    path: toAbsolutePath(`/var/lib/extrausers/${name}`),
    content,
    owner: 'root',
    group,
    mode,
  }
}
