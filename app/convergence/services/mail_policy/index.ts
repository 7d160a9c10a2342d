import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Change, Command, Probe, Service } from '#convergence/service'
import { compiles, rootDirectory, rootFile } from '#convergence/root_owned'
import { unitDirectory } from '#convergence/services/apache/units'
import { listDirectory, policyAccount, program } from '#convergence/services/mail_policy/layout'
import { domainTables, emptyTables } from '#convergence/services/mail_policy/lists'
import { serviceUnit, socketUnit } from '#convergence/services/mail_policy/units'
import { toAbsolutePath } from '#convergence/syntax/names'

/**
 * What Postfix asks before it takes a message: unwanted senders (MAIL-08, MAIL-05) and how much an account may send
 * (MAIL-11). Settings are rows that the program reads at each question, so nothing about one user restarts it.
 */
export const mailPolicy: Service = {
  name: 'mail_policy',
  after: ['accounts'],

  serverResources: (server) => [
    rootDirectory('/etc/tsukasa/mail_policy'),
    // Who is unwanted by whom is nobody else's business.
    rootDirectory(listDirectory, policyAccount.id, 0o750),
    ...emptyTables(),
    rootFile(program, readFileSync(join(import.meta.dirname, 'policy.py'), 'utf8')),
    rootFile(`${unitDirectory}/${unit}.service`, serviceUnit(server)),
    rootFile(`${unitDirectory}/${unit}.socket`, socketUnit),
    {
      kind: 'symlink',
      path: toAbsolutePath(`${unitDirectory}/sockets.target.wants/${unit}.socket`),
      target: `../${unit}.socket`,
    },
    { kind: 'unit', name: `${unit}.socket` },
  ],

  domainResources: domainTables,

  checks: (changes) => (changes.some(isProgram) ? [compiles(program)] : []),
  activations: (changes) => (changes.some(isUpdate) ? restart(changes) : []),
  probes: (changes) => (changes.some(isFile) ? probes : []),
}

const unit = 'tsukasa-mail-policy'

/** Its sockets stay, so questions wait meanwhile; other sockets begin with the program. */
function restart(changes: readonly Change[]): Command[] {
  const units = changes.some((change) => isUpdate(change) && change.key.endsWith('.socket'))
    ? ['restart', `${unit}.socket`, `${unit}.service`]
    : ['try-restart', `${unit}.service`]
  return [{ argv: ['systemctl', 'daemon-reload'] }, { argv: ['systemctl', ...units] }]
}

const probes: Probe[] = [{ kind: 'command', argv: ['systemctl', 'is-active', `${unit}.socket`] }]

const isFile = ({ resource }: Change) => resource.kind === 'file'
const isProgram = ({ resource }: Change) => resource.kind === 'file' && resource.path === program
const isUpdate = (change: Change) => isFile(change) && change.action === 'update'
