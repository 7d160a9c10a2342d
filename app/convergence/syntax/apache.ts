import { NotWritable } from '#convergence/syntax/not_writable'

/**
 * Writers of Apache's configuration language. A value becomes one word, whatever it is: it can
 * neither end its line nor its quotes, and `${…}` in it is never expanded (Apache does that before it
 * looks at quotes, so it cannot be escaped and is refused).
 */

const unsafe = /[\p{Cc}\u2028\u2029]|\$\{/u
const plain = /^[A-Za-z0-9_./:*+,=@^-]+$/

export type Argument = string | number

/** One argument of a directive. */
export function word(value: Argument): string {
  const text = String(value)
  if (unsafe.test(text)) throw new NotWritable(text)
  // A lone backslash or quote would otherwise take the next character with it.
  return plain.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`
}

export function directive(name: string, ...values: readonly Argument[]): string {
  if (!/^[A-Z][A-Za-z0-9]+$/.test(name)) throw new NotWritable(name)
  return [name, ...values.map(word)].join(' ')
}

/** `<Name value>` … `</Name>` around lines that writers above made. */
export function section(name: string, value: Argument, lines: readonly string[]): string[] {
  const indented = lines.map((line) => (line === '' ? line : `  ${line}`))
  return [`<${directive(name, value)}>`, ...indented, `</${name}>`]
}
