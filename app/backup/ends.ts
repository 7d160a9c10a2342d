import { commandOf, preambleOf, type End } from '#backup/programs'
import { BackupProblem } from '#backup/problem'
import { panelKey } from '#compute/panel_key'
import { SshTransport } from '#convergence/transports/ssh'
import { Unreachable, type Pipe } from '#convergence/transports/transport'

/** How to get to a machine: a managed server or the backup host. Neither has a key for the other. */
export interface Machine {
  readonly name: string
  readonly address: string | null
  readonly port: number
  readonly hostKey: string | null
}

/** Machines are untrusted speakers: more than that nobody needs to say. */
const mostSaid = 64 * 1024
const mostAnswered = 8 * 1024 * 1024

export type Said = Readonly<Record<string, unknown>>

/** One of our programs running at one end. */
export class Running {
  #said = ''

  private constructor(
    readonly pipe: Pipe,
    private readonly machine: Machine
  ) {
    pipe.stderr.on('data', (part: Buffer) => {
      this.#said = (this.#said + part.toString('utf8')).slice(-mostSaid)
    })
    pipe.stdin.on('error', () => {})
  }

  static async start(
    end: End,
    machine: Machine,
    verb: string,
    ...given: readonly (string | number)[]
  ): Promise<Running> {
    const { address, port, hostKey, name } = machine
    if (!address || !hostKey) throw new Unreachable(`${name} is not built yet`)
    const { privateKey } = await panelKey()
    const transport = new SshTransport({ address, port, hostKey, privateKey })
    const running = new Running(await transport.open(commandOf(verb, given.map(String))), machine)
    running.pipe.stdin.write(preambleOf(end))
    return running
  }

  /** The lines of JSON among what it said. */
  get said(): readonly Said[] {
    return this.#said.split('\n').flatMap((line): Said[] => [parsed(line) ?? []].flat() as Said[])
  }

  /** What it said that is none, such as rsync's complaints. */
  get words() {
    return this.#said
      .split('\n')
      .filter((line) => line.trim() && !parsed(line))
      .join('; ')
      .slice(-600)
  }

  /** As soon as it says how it ended: a channel whose bytes nobody takes any more may never close. */
  async conclusion(): Promise<Said> {
    const { promise: told, resolve } = Promise.withResolvers<void>()
    const look = () => this.said.some(({ code, error }) => code ?? error) && resolve()
    this.pipe.stderr.on('data', look)
    look()
    await Promise.race([told, this.pipe.closed])
    const last = this.said.findLast(({ code, error }) => code ?? error)
    if (typeof last?.error === 'string') throw problemOf(this.machine, last)
    return last ?? {}
  }

  /** The last line, which is its verdict; throws when it says that it failed. */
  async verdict(): Promise<Said> {
    // A channel is closed only when all of it was read.
    this.pipe.stdout.resume()
    await this.pipe.closed
    const last = this.said.at(-1)
    if (typeof last?.error === 'string') throw problemOf(this.machine, last)
    return last ?? {}
  }

  /** A small answer in JSON on standard output. */
  async answer(): Promise<Said> {
    let text = ''
    for await (const part of this.pipe.stdout) {
      text += part
      if (text.length > mostAnswered) break
    }
    await this.verdict()
    const answer = parsed(text)
    if (!answer)
      throw new BackupProblem('failed', `${this.machine.name}: ${this.words || 'no answer'}`)
    return answer
  }

  close() {
    this.pipe.close()
  }
}

/** Asks one end something and waits for its answer, at most `longestMs`. */
export async function ask(
  end: End,
  machine: Machine,
  verb: string,
  given: readonly (string | number)[],
  {
    signal,
    longestMs = 10 * 60_000,
    secrets,
  }: { signal?: AbortSignal; longestMs?: number; secrets?: object } = {}
): Promise<Said> {
  const running = await Running.start(end, machine, verb, ...given)
  // Not in the words of the command: those are in everybody's list of processes.
  if (secrets) running.pipe.stdin.write(`${JSON.stringify(secrets)}\n`)
  const stop = () => running.close()
  const timer = setTimeout(stop, longestMs)
  signal?.addEventListener('abort', stop)
  try {
    return await running.answer()
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
    running.close()
  }
}

function problemOf({ name }: Machine, { error, words }: Said) {
  return new BackupProblem(String(error), `${name}: ${typeof words === 'string' ? words : error}`)
}

function parsed(line: string): Said | undefined {
  if (!line.trimStart().startsWith('{')) return undefined
  try {
    const said: unknown = JSON.parse(line)
    return typeof said === 'object' && said !== null ? (said as Said) : undefined
  } catch {
    return undefined
  }
}
