import type { Change, Service } from '#convergence/service'
import { port, renderConf } from '#convergence/services/sshd/conf'
import { toAbsolutePath } from '#convergence/syntax/names'

/** The panel's own way in, and customers' SFTP (SSH-01). */
export const sshd: Service = {
  name: 'sshd',
  guardsAccess: true,
  after: ['accounts'],

  serverResources: () => [
    {
      kind: 'file',
      // Whole and without Include: nothing of a distribution's or an older hand's is added to it.
      path: toAbsolutePath('/etc/ssh/sshd_config'),
      content: renderConf(),
      owner: 'root',
      group: 'root',
      mode: 0o644,
    },
  ],

  domainResources: () => [],
  checks: (changes) => (changes.some(isFile) ? [{ argv: ['sshd', '-t'] }] : []),
  // Connections that are open go on; the engine confirms with a new one or puts it back.
  activations: (changes) =>
    changes.some(isFile) ? [{ argv: ['systemctl', 'reload', 'ssh.service'] }] : [],
  probes: (changes) =>
    changes.some(isFile)
      ? [{ kind: 'greeting', address: '127.0.0.1', port, starts: 'SSH-2.0-' }]
      : [],
}

const isFile = ({ resource }: Change) => resource.kind === 'file'
