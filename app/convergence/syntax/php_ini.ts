import { NotWritable } from '#convergence/syntax/not_writable'

/**
 * Lines of php.ini (parse_ini_file, INI_SCANNER_NORMAL). Quoted, because `|&^~!()=;` mean something outside of quotes.
 * Inside, `\`, `"`, `$` and `{` do: nothing that the panel sets has them, so they are refused rather than escaped.
 */
export function phpIni(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${variable(name)} = ${quoted(value)}\n`)
    .join('')
}

function variable(name: string): string {
  if (!/^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$/.test(name)) throw new NotWritable(name)
  return name
}

function quoted(value: string): string {
  if (!/^[A-Za-z0-9 ,._/+-]*$/.test(value)) throw new NotWritable(value)
  // The words for on and off are words only outside of quotes.
  return /^(On|Off)$/.test(value) ? value : `"${value}"`
}
