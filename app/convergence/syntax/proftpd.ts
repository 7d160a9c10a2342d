import { NotWritable } from '#convergence/syntax/not_writable'

/**
 * Writers of proftpd.conf. A value is one or more words; a word with a space or `#` is quoted. What could end
 * quotes or the line, or what ProFTPD would replace (`%{…}`), is refused.
 */

export type Value = string | number | boolean | readonly string[]
export type Settings = Readonly<Record<string, Value>>

export function settings(given: Settings): string[] {
  return Object.entries(given).map(([name, value]) => `${directive(name)} ${words(value)}`)
}

/** `<Name words>` … `</Name>`. */
export function section(
  name: 'Directory' | 'Limit',
  title: readonly string[],
  ...content: readonly (readonly string[])[]
): string[] {
  const lines = content.flat().map((line) => `  ${line}`)
  return [`<${name} ${words(title)}>`, ...lines, `</${name}>`]
}

/** Nobody may use these commands. */
export function denied(...commands: readonly string[]): string[] {
  return section('Limit', commands, ['DenyAll'])
}

export function document(...parts: readonly (readonly string[])[]): string {
  return `${parts.flat().join('\n')}\n`
}

function words(value: Value): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (typeof value === 'number') return word(String(value))
  if (typeof value === 'string') return word(value)
  if (value.length === 0) throw new NotWritable('')
  return value.map(word).join(' ')
}

function word(text: string): string {
  if (text === '' || /[\p{Cc}"'\\<>\u2028\u2029]|%\{/u.test(text)) throw new NotWritable(text)
  return /[\s#]/.test(text) ? `"${text}"` : text
}

function directive(name: string): string {
  if (!/^[A-Z][A-Za-z0-9]+$/.test(name)) throw new NotWritable(name)
  return name
}
