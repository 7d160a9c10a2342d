import { NotWritable } from '#convergence/syntax/not_writable'

/**
 * Writers of sshd_config(5). A value is one or more words; a word with a space or `#` is quoted, and
 * what could end quotes or the line is refused.
 */

export type Value = string | number | boolean | readonly string[]
export type Settings = Readonly<Record<string, Value>>

export function settings(given: Settings): string[] {
  return Object.entries(given).map(([name, value]) => `${keyword(name)} ${words(value)}`)
}

/** `Match criterion value` and the lines that hold only for it; the last thing in its file or before another Match. */
export function match(criterion: 'Group' | 'User', value: string, given: Settings): string[] {
  return [`Match ${criterion} ${word(value)}`, ...settings(given).map((line) => `  ${line}`)]
}

export function document(...parts: readonly (readonly string[])[]): string {
  return `${parts.flat().join('\n')}\n`
}

function words(value: Value): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return word(String(value))
  return typeof value === 'string' ? word(value) : value.map(word).join(' ')
}

function word(text: string): string {
  if (text === '' || /[\p{Cc}"'\\\u2028\u2029]/u.test(text)) throw new NotWritable(text)
  return /[\s#]/.test(text) ? `"${text}"` : text
}

function keyword(name: string): string {
  if (!/^[A-Z][A-Za-z0-9]+$/.test(name)) throw new NotWritable(name)
  return name
}
