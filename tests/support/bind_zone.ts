import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A zone file as BIND understands it: `owner ttl class type value` of each record but the SOA, as
 * named-checkzone prints them. Throws with what it complains about.
 */
export function asBind(text: string, zone: string, options = ['-i', 'none']): string[] {
  const directory = mkdtempSync(join(tmpdir(), 'zone-'))
  try {
    const path = join(directory, 'zone')
    writeFileSync(path, text)
    const printed = execFileSync(
      'named-checkzone',
      ['-q', ...options, '-D', '-o', '-', zone, path],
      {
        encoding: 'utf8',
      }
    )
    const lines = printed.split('\n').filter((line) => line !== '' && !/\sIN\s+SOA\s/.test(line))
    return lines.map((line) => line.replace(/\s+/g, ' '))
  } finally {
    rmSync(directory, { recursive: true })
  }
}
