import { NotWritable } from '#convergence/syntax/not_writable'

/**
 * Writers of Sieve (RFC 5228). What customers type only ever is a quoted string: `"` and `\` are escaped, so
 * nothing ends it, and a line that is a single `.` means nothing in it, as it would after `text:`.
 *
 * With the extension `variables` (RFC 5229) `${name}` is replaced in every string. Replacements are not looked at
 * again, so a `$` of a customer's is written as the variable that holds one; `preamble` sets it.
 */
export const preamble = (extensions: readonly string[]): string[] => [
  `require ${stringList(extensions)};`,
  'set "dollar" "$";',
]

/** All but line ends and tabs: they are part of a text of several lines. */
const control = /[^\P{Cc}\n\t]/u

export function quoted(text: string): string {
  if (control.test(text) || !text.isWellFormed()) throw new NotWritable(text)
  const escaped = text.replace(/["\\]/g, '\\$&').replaceAll('$', '${dollar}')
  return `"${escaped.replaceAll('\n', '\r\n')}"`
}

/** For what goes into a header or is one name: no line may end in it. */
export function quotedLine(text: string): string {
  if (/[\p{Cc}\u2028\u2029]/u.test(text)) throw new NotWritable(text)
  return quoted(text)
}

export function stringList(texts: readonly string[]): string {
  if (texts.length === 0) throw new NotWritable('[]')
  return `[${texts.map(quotedLine).join(', ')}]`
}

/** `if test { … }`, with what is done otherwise when there is something. */
export function condition(test: string, then: Lines, otherwise: Lines = []): string[] {
  const rest = otherwise.length === 0 ? ['}'] : ['} else {', ...indented(otherwise), '}']
  return [`if ${test} {`, ...indented(then), ...rest]
}

export const allOf = (tests: Lines) => combined('allof', tests)
export const anyOf = (tests: Lines) => combined('anyof', tests)

function combined(name: 'allof' | 'anyof', tests: Lines): string {
  const [only, ...more] = tests
  if (only === undefined) throw new NotWritable(`${name} ()`)
  return more.length === 0 ? only : `${name} (${tests.join(', ')})`
}

type Lines = readonly string[]

/** Only the first line of what may be a text of several: the others are the customer's. */
const indented = (lines: Lines) => lines.map((line) => `  ${line}`)

export const script = (lines: Lines) => `${lines.join('\n')}\n`
