import { readFile } from 'node:fs/promises'
import ssh2 from 'ssh2'
import { ComputeError } from '#compute/errors'
import type { Machine } from '#compute/machine'
import { panelKey } from '#compute/panel_key'

const connectTimeoutMs = 10_000
const answerTimeoutMs = 60_000
const answerLimit = 1024 * 1024

let program: Promise<string> | undefined

/**
 * Asks `machine.py` on the machine: the program goes along as an argument, the question in JSON on
 * standard input, so that no value ever meets a shell. The machine isn't trusted: its host key is
 * the pinned one, and its answer is bounded in size and time.
 */
export class AdoptedShell {
  readonly #machine: Pick<Machine, 'address' | 'sshPort' | 'hostKey'>

  constructor(machine: Pick<Machine, 'address' | 'sshPort' | 'hostKey'>) {
    this.#machine = machine
  }

  async ask(question: unknown): Promise<unknown> {
    program ??= readFile(new URL('machine.py', import.meta.url), 'utf8')
    const command = `python3 -c ${quoted(await program)}`
    const text = await this.#connected((client) => run(client, command, JSON.stringify(question)))
    try {
      return JSON.parse(text)
    } catch (error) {
      throw new ComputeError('garbled', 'the machine did not answer in JSON', { cause: error })
    }
  }

  /** What the machine shows at the first connection, when there is no pinned key to compare with yet. */
  async hostKey(): Promise<string> {
    let shown = this.#machine.hostKey
    await this.#connected(
      async () => {},
      (key) => (shown = key)
    )
    if (!shown) throw new ComputeError('garbled', 'no host key was shown')
    return shown
  }

  async #connected<T>(
    work: (client: ssh2.Client) => Promise<T>,
    onKey: (key: string) => void = () => {}
  ): Promise<T> {
    const client = new ssh2.Client()
    try {
      await this.#connect(client, onKey)
      return await within(answerTimeoutMs, work(client))
    } finally {
      client.destroy()
    }
  }

  async #connect(client: ssh2.Client, onKey: (key: string) => void) {
    const { privateKey } = await panelKey()
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve)
      client.on('error', (error) =>
        reject(new ComputeError('unreachable', error.message, { cause: error }))
      )
      client.connect({
        host: this.#machine.address ?? undefined,
        port: this.#machine.sshPort,
        username: 'root',
        privateKey,
        readyTimeout: connectTimeoutMs,
        algorithms: { serverHostKey: ['ssh-ed25519'] },
        hostVerifier: (key: Buffer) =>
          this.#accepts(`ssh-ed25519 ${key.toString('base64')}`, onKey),
      })
    })
  }

  #accepts(key: string, onKey: (key: string) => void): boolean {
    onKey(key)
    return this.#machine.hostKey === null || this.#machine.hostKey === key
  }
}

function run(client: ssh2.Client, command: string, input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(new ComputeError('unreachable', error.message, { cause: error }))
      const said = { out: '', err: '' }
      const take = (where: 'out' | 'err') => (chunk: Buffer) => {
        said[where] += chunk.toString('utf8')
        if (said[where].length > answerLimit)
          reject(new ComputeError('garbled', 'the machine says too much'))
      }
      channel.on('data', take('out'))
      channel.stderr.on('data', take('err'))
      channel.on('close', (status: number | null) => {
        if (status === 0) resolve(said.out)
        else reject(new ComputeError('refused', said.err.slice(-2000) || `status ${status}`))
      })
      channel.end(input)
    })
  })
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ComputeError('timeout', `no answer in ${ms} ms`)), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** For our own constant program only. */
function quoted(text: string) {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
