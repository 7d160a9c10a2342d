import { NotWritable } from '#convergence/syntax/not_writable'

/**
 * Writers of Postfix's languages: main.cf, master.cf, sqlite maps and texthash tables. Each value stays
 * on its line. An `Expansion` may refer to other parameters; in anything else `$` is an ordinary character.
 */

const control = /[\p{Cc}\u2028\u2029]/u
const parameterName = /^[a-z][a-zA-Z0-9_]*$/

/** Text of our own with `$name` in it, that Postfix expands. Never made from a customer's value. */
export class Expansion {
  constructor(readonly text: string) {}
}
export const expansion = (text: string) => new Expansion(text)

export type Value = string | number | Expansion
export type Parameters = Readonly<Record<string, Value | readonly Value[]>>

export function value(given: Value): string {
  const text = given instanceof Expansion ? given.text : String(given).replaceAll('$', '$$$$')
  if (control.test(text) || text !== text.trim()) throw new NotWritable(text)
  return text
}

/** `name = value` lines; a list becomes one value with commas, so its items must have none. */
export function mainCf(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(
      ([name, given]) =>
        `${parameter(name)} = ${isList(given) ? given.map(item).join(', ') : value(given)}`
    )
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}

function isList(given: Value | readonly Value[]): given is readonly Value[] {
  return Array.isArray(given)
}

function parameter(name: string): string {
  if (!parameterName.test(name)) throw new NotWritable(name)
  return name
}

function item(given: Value): string {
  const text = value(given)
  // Commas and spaces separate items, except inside `{…}`.
  if (text === '' || (/,/.test(text) && !/^[^{},]*\{.*\}$/.test(text))) throw new NotWritable(text)
  return text
}

/** One line of master.cf (master(5)). */
export interface Daemon {
  readonly name: string
  readonly type: 'inet' | 'unix' | 'unix-dgram'
  readonly isPrivate?: boolean
  readonly chroot?: boolean
  readonly wakeup?: string
  readonly limit?: number
  readonly program: string
  /** Runs as root, to become another user. */
  readonly privileged?: boolean
  /** Of the daemon's own, one a line; text of ours, in which `${name}` stands for what the daemon puts in. */
  readonly arguments?: readonly string[]
  /** Parameters that only this daemon has other values for. */
  readonly options?: Readonly<Record<string, Value>>
}

export function masterCf(daemons: readonly Daemon[]): string {
  return daemons.map(daemonLines).join('')
}

function daemonLines(daemon: Daemon): string {
  const {
    name,
    type,
    isPrivate = true,
    chroot = false,
    wakeup = '-',
    limit = '-',
    program,
    privileged = false,
  } = daemon
  const unprivileged = privileged ? 'n' : '-'
  const fields = [name, type, flag(isPrivate), unprivileged, flag(chroot), wakeup, limit, program]
  const options = Object.entries(daemon.options ?? {}).map(option)
  const given = (daemon.arguments ?? []).map((one) => `  ${value(expansion(one))}\n`)
  return `${fields.map((field) => bare(String(field))).join(' ')}\n${options.join('')}${given.join('')}`
}

const flag = (wanted: boolean) => (wanted ? 'y' : 'n')

function option([name, given]: [string, Value]): string {
  const text = value(given)
  if (/[{}]/.test(text)) throw new NotWritable(text)
  return `  -o { ${parameter(name)} = ${text} }\n`
}

function bare(text: string): string {
  if (!/^[a-z0-9/?.:-]+$/i.test(text)) throw new NotWritable(text)
  return text
}

/** A sqlite_table(5): `query` is our own text; Postfix quotes what it puts in for `%s`. */
export function sqliteMap(database: string, query: string): string {
  return `dbpath = ${value(new Expansion(database))}\nquery = ${value(new Expansion(query))}\n`
}

/** A texthash table: one `key value` a line. */
export function textTable(rows: readonly (readonly [key: string, value: string])[]): string {
  return rows.map(([key, given]) => `${tableKey(key)} ${tableValue(given)}\n`).join('')
}

function tableKey(key: string): string {
  if (!/^[^\s"#\p{Cc}][^\s"\p{Cc}]*$/u.test(key)) throw new NotWritable(key)
  return key
}

function tableValue(given: string): string {
  if (given === '' || control.test(given) || given !== given.trim()) throw new NotWritable(given)
  return given
}
