import { ComputeError } from '#compute/errors'
import type { Machine } from '#compute/machine'
import { AdoptedShell } from '#compute/adopted/shell'

/** SRV-02: what a machine says of itself before it is anybody's. It is believed as little as any other answer. */
export interface Inspection {
  readonly uid: number
  /** `ID` and `VERSION_ID` of os-release, and its name for people. */
  readonly system: string
  readonly version: string
  readonly title: string
  readonly cores: number
  readonly memoryBytes: number
  /** Of the file system that domains will lie on. */
  readonly diskBytes: number
  readonly hasSystemd: boolean
  /** Something of customers lies there already. */
  readonly isUsed: boolean
  /** Of `programs`, those that it lacks. */
  readonly missing: readonly string[]
}

export interface Inspected {
  /** As shown at the first connection, or the pinned one. */
  readonly hostKey: string
  readonly facts: Inspection
}

/** What converging needs, one file of each package that could be forgotten. */
export const programs: readonly string[] = [
  '/usr/sbin/apache2',
  '/usr/lib/apache2/modules/mod_front_tls.so',
  '/usr/lib/apache2/modules/mod_security2.so',
  '/usr/lib/apache2/suexec-custom',
  '/usr/sbin/php-fpm8.4',
  '/usr/sbin/php-fpm8.2',
  '/usr/sbin/postfix',
  '/usr/sbin/dovecot',
  '/usr/sbin/mariadbd',
  '/usr/sbin/proftpd',
  '/usr/sbin/nft',
  '/usr/sbin/clamd',
  '/usr/sbin/spamd',
  '/usr/sbin/opendkim',
  '/usr/bin/mlmmj-send',
  '/usr/bin/git',
]

/** Asks a machine whose key nobody has pinned, or the pinned one. Rejects with a ComputeError. */
export async function inspectMachine({
  address,
  sshPort,
  hostKey: pinned,
}: Pick<Machine, 'address' | 'sshPort' | 'hostKey'>): Promise<Inspected> {
  const hostKey = await new AdoptedShell({ address, sshPort, hostKey: pinned }).hostKey()
  const shell = new AdoptedShell({ address, sshPort, hostKey })
  const answer = await shell.ask({ verb: 'inspect', programs })
  return { hostKey, facts: readInspection(answer) }
}

export function readInspection(answer: unknown): Inspection {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) throw odd('answer')
  const facts = answer as Record<string, unknown>
  return {
    uid: amount(facts, 'uid'),
    system: text(facts, 'system'),
    version: text(facts, 'version'),
    title: text(facts, 'title'),
    cores: amount(facts, 'cores'),
    memoryBytes: amount(facts, 'memoryBytes'),
    diskBytes: amount(facts, 'diskBytes'),
    hasSystemd: truth(facts, 'hasSystemd'),
    isUsed: truth(facts, 'isUsed'),
    missing: known(facts, 'missing'),
  }
}

type Facts = Readonly<Record<string, unknown>>

function amount(facts: Facts, name: string): number {
  const value = facts[name]
  if (!Number.isSafeInteger(value) || Number(value) < 0) throw odd(name)
  return Number(value)
}

/** One line that a page can show. */
function text(facts: Facts, name: string): string {
  const value = facts[name]
  if (typeof value !== 'string' || value.length > 100 || /\p{C}/u.test(value)) throw odd(name)
  return value
}

function truth(facts: Facts, name: string): boolean {
  const value = facts[name]
  if (typeof value !== 'boolean') throw odd(name)
  return value
}

function known(facts: Facts, name: string): readonly string[] {
  const value = facts[name]
  if (!Array.isArray(value)) throw odd(name)
  if (!value.every((each) => programs.includes(each))) throw odd(name)
  return programs.filter((program) => value.includes(program))
}

function odd(name: string) {
  return new ComputeError('garbled', `the machine's ${name} is not what was asked for`)
}
