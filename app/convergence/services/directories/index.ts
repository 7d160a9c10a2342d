import type { DesiredDomain, DesiredMailbox } from '#convergence/desired_server'
import type { DirectoryResource, FileResource, Resource } from '#convergence/resource'
import type { Service } from '#convergence/service'
import { firstPage } from '#convergence/services/directories/first_page'
import { firstPhpIni } from '#convergence/services/directories/first_php_ini'
import { endLeavers } from '#convergence/services/directories/leavers'
import { shareActivations, sharePlace, shareProgram } from '#convergence/services/directories/share'
import { type AbsolutePath, toAbsolutePath } from '#convergence/syntax/names'

/** Directories of DIR-01 that are the domain's own. Mailboxes share its group, so the group may nothing here.
 * `backup` is in `services/backup`. */
const owned = 'cgi-bin cgi-bin.stage cgi-data html html.stage tmp var'.split(' ')

/** The tree of a domain on a volume of its own (DIR-01, DIR-02, DIR-03). */
export const directories: Service = {
  name: 'directories',
  after: ['accounts'],

  serverResources: () => [
    directory('/etc/tsukasa', 0, 0o755),
    directory('/etc/systemd/system/sockets.target.wants', 0, 0o755),
    directory('/etc/systemd/system/multi-user.target.wants', 0, 0o755),
    directory('/data', 0, 0o711),
    directory('/data/domain', 0, 0o711),
    directory('/data/share', 0, 0o1777),
    ...shareProgram(),
  ],

  domainResources(domain) {
    const { root, uid } = domain
    return [
      { kind: 'volume', name: domain.unixName, path: root, sizeMb: domain.quotaMb },
      // Not writable by the customer: what root makes directly below is therefore out of his reach.
      { ...directory(root, 0, 0o750), group: uid },
      ...owned.map((name) => directory(`${root}/${name}`, uid, 0o700)),
      directory(`${root}/conf`, 0, 0o700),
      { ...directory(`${root}/home`, 0, 0o750), group: uid },
      // Set-gid: logs are opened by root and readable by the domain.
      { ...directory(`${root}/log`, 0, 0o2750), group: uid },
      sharePlace(domain),
      ...domain.mailboxes.flatMap((mailbox) => home(domain, mailbox)),
      seed(domain, 'html/index.html', firstPage(domain.name)),
      seed(domain, 'html.stage/index.html', firstPage(domain.name)),
      seed(domain, 'var/php.ini', firstPhpIni),
    ]
  },

  checks: () => [],
  activations: (changes) => [...endLeavers(changes), ...shareActivations(changes)],
  probes: () => [],
}

/** DIR-02. Maildir is made by the mail server at the first delivery or sign-in. */
function home(domain: DesiredDomain, mailbox: DesiredMailbox): Resource[] {
  const own = `${domain.root}/home/${mailbox.localPart}`
  const made = { ...directory(own, mailbox.uid, 0o700), group: domain.uid }
  return [
    { ...made, tree: true },
    { ...made, path: toAbsolutePath(`${own}/data`), seed: true },
  ]
}

function directory(path: string, owner: number, mode: number): DirectoryResource {
  return { kind: 'directory', path: toAbsolutePath(path), owner, group: owner, mode }
}

function seed(domain: DesiredDomain, name: string, content: string): FileResource {
  const path: AbsolutePath = toAbsolutePath(`${domain.root}/${name}`)
  return {
    kind: 'file',
    path,
    content,
    owner: domain.uid,
    group: domain.uid,
    mode: 0o644,
    seed: true,
  }
}
