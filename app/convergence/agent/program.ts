import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

let kept: Buffer | undefined

/** The agent's program: the numbered Python files of this folder, joined in their order. */
export function agentProgram(): Buffer {
  kept ??= Buffer.concat(
    readdirSync(import.meta.dirname)
      .filter((name) => /^\d+_\w+\.py$/.test(name))
      .toSorted((one, other) => Number.parseInt(one) - Number.parseInt(other))
      .map((name) => readFileSync(join(import.meta.dirname, name)))
  )
  return kept
}

/**
 * What the command line carries: it reads the length and the program from standard input and runs it.
 * `os.read` takes no byte more than it was asked for, so the rest stays for the program.
 */
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
source = take(int(take(10))).decode()
exec(compile(source, "tsukasa-agent", "exec"), {"__name__": "__main__", "SOURCE": source})
`

export type SyncEnd =
  | { readonly role: 'send'; readonly domain: string }
  | { readonly role: 'receive'; readonly domain: string; readonly into: string }

export interface AgentSettings {
  /** Put before every path; tests only. */
  readonly root?: string
  /** Stands in for systemctl; tests only. */
  readonly systemctl?: string
  /** Seconds that a switched change waits for its confirmation. */
  readonly hold?: number
  /** One end of a transfer of files instead of an agent that answers (WEB-08). */
  readonly sync?: SyncEnd
}

export function agentCommand(settings: AgentSettings = {}): readonly string[] {
  return ['python3', '-u', '-c', bootstrap, JSON.stringify(settings)]
}

/** The first bytes on the pipe. */
export function agentPreamble(): Buffer {
  const program = agentProgram()
  return Buffer.concat([Buffer.from(String(program.length).padStart(10, '0')), program])
}
