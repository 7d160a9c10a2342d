import { NotWritable } from '#convergence/syntax/not_writable'

/** An EnvironmentFile of systemd.exec(5): `NAME="value"`, one a line. */
export function environmentFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${variable(name)}="${quoted(value)}"\n`)
    .join('')
}

function variable(name: string): string {
  if (!/^[A-Z][A-Z0-9_]*$/.test(name)) throw new NotWritable(name)
  return name
}

/** Inside double quotes `"`, `\`, `` ` `` and `$` are special to systemd's reader; a line ends the value. */
function quoted(value: string): string {
  if (/\p{Cc}/u.test(value)) throw new NotWritable(value)
  return value.replace(/["\\`$]/g, '\\$&')
}

/** A value in a unit file: one line, and `%` is not a specifier. */
export function unitValue(value: string): string {
  if (/\p{Cc}|\\$/u.test(value)) throw new NotWritable(value)
  return value.replaceAll('%', '%%')
}

/** Name of the unit that stands for a path, as `systemd-escape --path` gives it. */
export function unitNameOfPath(path: string, suffix: 'mount' | 'automount'): string {
  const parts = path.split('/').filter((part) => part !== '')
  return `${parts.map(escaped).join('-')}.${suffix}`
}

function escaped(part: string, index: number): string {
  const bytes = [...Buffer.from(part)]
  return bytes
    .map((byte, at) => {
      const character = String.fromCharCode(byte)
      const leadingDot = character === '.' && at === 0 && index === 0
      return /[A-Za-z0-9:_.]/.test(character) && !leadingDot
        ? character
        : `\\x${byte.toString(16).padStart(2, '0')}`
    })
    .join('')
}
