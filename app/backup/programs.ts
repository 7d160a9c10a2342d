import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Which of the two ends a program is for; it is sent there each time, so nothing of it is installed. */
export type End = 'server' | 'store'

const files: Readonly<Record<End, readonly string[]>> = {
  server: ['common.py', 'server.py'],
  store: ['common.py', 'store.py', 'offsite.py'],
}

const kept = new Map<End, Buffer>()

function programOf(end: End): Buffer {
  const known = kept.get(end)
  if (known) return known
  const parts = files[end].map((name) => readFileSync(join(import.meta.dirname, 'programs', name)))
  const program = Buffer.concat(parts)
  kept.set(end, program)
  return program
}

/** Reads exactly the program from standard input; whatever follows is data. */
const bootstrap = `
import os
def take(n):
    data = b""
    while len(data) < n:
        part = os.read(0, n - len(data))
        if not part:
            raise SystemExit(1)
        data += part
    return data
exec(compile(take(int(take(10))), "tsukasa-backup", "exec"))
`

/** Arguments are words; what is secret comes by standard input, after the program. */
export function commandOf(verb: string, given: readonly string[]): readonly string[] {
  return ['python3', '-I', '-S', '-c', bootstrap, verb, ...given]
}

/** The first bytes on the pipe. */
export function preambleOf(end: End): Buffer {
  const program = programOf(end)
  return Buffer.concat([Buffer.from(String(program.length).padStart(10, '0')), program])
}
