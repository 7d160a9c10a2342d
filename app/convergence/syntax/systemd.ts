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
