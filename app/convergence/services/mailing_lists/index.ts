import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Resource } from '#convergence/resource'
import type { Change, Service } from '#convergence/service'
import { compiles, rootDirectory, rootFile } from '#convergence/root_owned'
import { unitDirectory } from '#convergence/services/apache/units'
import {
  configuration,
  data,
  listsAccount,
  memberDirectory,
  program,
  spool,
  texts,
} from '#convergence/services/mailing_lists/layout'
import { domainLists, emptyTable } from '#convergence/services/mailing_lists/lists'
import { serviceUnit, timerUnit, unit } from '#convergence/services/mailing_lists/units'
import { toAbsolutePath } from '#convergence/syntax/names'

/**
 * MAIL-06: mlmmj behind a program of ours (README.md). Lists are rows and a file of members that are read at each
 * message, and Postfix's way to them are rows too, so no list reloads or restarts anything.
 */
export const mailingLists: Service = {
  name: 'mailing_lists',
  // Dovecot has the directory of timers.
  after: ['accounts', 'dovecot'],

  serverResources: () => [
    rootDirectory(configuration),
    rootDirectory(texts),
    ...textFiles(),
    rootFile(program, readFileSync(join(import.meta.dirname, 'lists.py'), 'utf8')),
    // Who is a member of what is nobody else's business.
    rootDirectory(data, listsAccount.id, 0o750),
    rootDirectory(memberDirectory, listsAccount.id, 0o750),
    emptyTable(),
    rootDirectory(spool, listsAccount.id, 0o750),
    rootFile(`${unitDirectory}/${unit}.service`, serviceUnit),
    rootFile(`${unitDirectory}/${unit}.timer`, timerUnit),
    {
      kind: 'symlink',
      path: toAbsolutePath(`${unitDirectory}/timers.target.wants/${unit}.timer`),
      target: `../${unit}.timer`,
    },
    { kind: 'unit', name: `${unit}.timer` },
  ],

  domainResources: domainLists,

  checks: (changes) => (changes.some(isProgram) ? [compiles(program)] : []),
  activations: (changes) =>
    changes.some(isUnitUpdate) ? [{ argv: ['systemctl', 'daemon-reload'] }] : [],
  probes: () => [],
}

/** What mlmmj writes to people, in Japanese (its README.listtexts). */
function textFiles(): Resource[] {
  const folder = join(import.meta.dirname, 'texts')
  return readdirSync(folder)
    .sort()
    .map((name) => rootFile(`${texts}/${name}`, readFileSync(join(folder, name), 'utf8')))
}

const isProgram = ({ resource }: Change) => resource.kind === 'file' && resource.path === program
const isUnitUpdate = ({ action, resource }: Change) =>
  action === 'update' && resource.kind === 'file' && resource.path.startsWith(unitDirectory)
