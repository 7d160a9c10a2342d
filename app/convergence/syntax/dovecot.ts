import { NotWritable } from '#convergence/syntax/not_writable'

/**
 * Writers of Dovecot's configuration language (2.4). Every value is a quoted string, so that `#`, braces
 * and spaces in it mean nothing. Dovecot expands `%{…}` and `$SET:` inside quotes too: only an
 * `Expansion`, text of our own, may have them.
 */

export class Expansion {
  constructor(readonly text: string) {}
}
export const expansion = (text: string) => new Expansion(text)

export type Value = string | number | boolean | Expansion

/** Settings by name, or lines of blocks that the writers below made. */
export type Settings = Readonly<Record<string, Value>>

const control = /[\p{Cc}\u2028\u2029]/u

export function value(given: Value): string {
  if (typeof given === 'boolean') return given ? 'yes' : 'no'
  if (typeof given === 'number') return whole(given)
  const text = given instanceof Expansion ? given.text : literal(given)
  if (control.test(text)) throw new NotWritable(text)
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

function whole(given: number): string {
  if (!Number.isSafeInteger(given) || given < 0) throw new NotWritable(String(given))
  return String(given)
}

function literal(given: string): string {
  if (/%\{|\$(?:SET|ENV):|^</.test(given)) throw new NotWritable(given)
  return given
}

export function settings(given: Settings): string[] {
  return Object.entries(given).map(([name, one]) => `${settingName(name)} = ${value(one)}`)
}

function settingName(name: string): string {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new NotWritable(name)
  return name
}

/** `title {` … `}`; the title is our own text, such as `service auth`. */
export function block(
  title: string,
  ...content: readonly (Settings | readonly string[])[]
): string[] {
  if (!/^[A-Za-z][\w/ .-]*$/.test(title)) throw new NotWritable(title)
  return [`${title} {`, ...lines(content).map((line) => `  ${line}`), '}']
}

function lines(content: readonly (Settings | readonly string[])[]): string[] {
  return content.flatMap((part) => (isLines(part) ? [...part] : settings(part)))
}

function isLines(part: Settings | readonly string[]): part is readonly string[] {
  return Array.isArray(part)
}

export function document(...content: readonly (Settings | readonly string[])[]): string {
  return `${lines(content).join('\n')}\n`
}
