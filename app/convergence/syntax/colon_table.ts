import { NotWritable } from '#convergence/syntax/not_writable'

/**
 * passwd(5), group(5), shadow(5): fields between colons, one record a line. A field with a colon or a
 * control character would be another account, so it is refused.
 */
export function colonTable(records: readonly (readonly (string | number)[])[]): string {
  return records.map((record) => `${record.map(field).join(':')}\n`).join('')
}

function field(value: string | number): string {
  const text = String(value)
  if (/[:\p{Cc}]/u.test(text)) throw new NotWritable(text)
  return text
}
