import { createReadStream } from 'node:fs'
import { once } from 'node:events'
import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { SshTransport } from '#convergence/transports/ssh'
import { Unreachable, type Pipe } from '#convergence/transports/transport'
import { panelKey } from '#compute/panel_key'
import { Refusal } from '#exceptions/refusals'
import type Server from '#models/server'

/** services/mariadb/transfer.py of convergence, where every server has it. */
const program = '/etc/tsukasa/mariadb/transfer.py'
/** Servers are untrusted speakers: more than that nobody needs to say. */
const longestLine = 4096
const mostSaid = 64 * 1024

/** Why it was not done, as the server's program says it, and MariaDB's own words. */
export interface TransferProblem {
  readonly reason: string
  readonly words: string | null
}

type Opener = (server: Server, argv: readonly string[]) => Promise<Pipe>
let opener: Opener = openPipe

/** Another way than SSH, until the function that is returned is called; tests only. */
export function openWith(other: Opener) {
  opener = other
  return () => {
    opener = openPipe
  }
}

async function openPipe(server: Server, argv: readonly string[]): Promise<Pipe> {
  const { address, sshPort: port, hostKey } = server
  if (!address || !hostKey) throw new Unreachable(`${server.name} is not built yet`)
  const { privateKey } = await panelKey()
  return new SshTransport({ address, port, hostKey, privateKey }).open(argv)
}

function start(server: Server, ...given: readonly string[]) {
  return opener(server, ['python3', '-I', '-S', program, ...given])
}

/** For people who wait for a page. */
async function startForPage(server: Server, ...given: readonly string[]): Promise<Pipe> {
  try {
    return await start(server, ...given)
  } catch (error) {
    if (error instanceof Unreachable) throw new Refusal('server_unreachable')
    throw error
  }
}

/** WEB-04: a file of the panel's into the server's own keeping, under `id`. Answers how many bytes arrived. */
export async function sendDump(server: Server, id: number, path: string, most: number) {
  const pipe = await startForPage(server, 'receive', String(id), String(most))
  try {
    const said = linesOf(pipe.stdout)
    // It ends early when the server has no room; what it says tells why.
    await pipeline(createReadStream(path), pipe.stdin).catch(() => {})
    const last = lastOf(await said.all())
    if (last?.done === true) return Number(last.bytes)
    if (last?.error === 'no_space') throw new Refusal('server_has_no_room', 'dump')
    throw new Refusal('server_refused', 'dump')
  } finally {
    pipe.close()
  }
}

/**
 * WEB-04: a database as .sql.gz, as quick as whoever reads it. Errors in the middle break the stream, so nobody takes half
 * a dump for a whole one.
 */
export async function openDump(server: Server, database: string): Promise<Readable> {
  const pipe = await startForPage(server, 'dump', database)
  const verdict = linesOf(pipe.stderr).all().then(lastOf)
  const whole = new Transform({
    transform: (chunk, _, done) => done(null, chunk),
    flush: (done) => {
      verdict.then((last) => done(isDone(last) ? null : notWhole(last)))
    },
  })
  pipe.stdout.once('error', (error) => whole.destroy(error))
  whole.once('close', () => pipe.close())
  pipe.stdout.pipe(whole)
  await firstOf(whole)
  if (whole.readableLength < enoughToBegin && !isDone(await verdict)) {
    whole.destroy()
    throw new Refusal('dump_failed')
  }
  return whole
}

/** For staff, in MariaDB's words. */
const notWhole = (last: Said = {}) =>
  new Error(`the dump is not whole: ${problemOf(last).words ?? problemOf(last).reason}`)
const isDone = (last: Said | undefined) => last?.done === true
const lastOf = (all: readonly Said[]) => all.at(-1)

/** gzip alone says less than that, so by then MariaDB has begun to tell. */
const enoughToBegin = 64

async function firstOf(stream: Transform) {
  while (stream.readableLength < enoughToBegin && !stream.readableEnded && !stream.destroyed) {
    const seen = once(stream, 'readable').catch(() => {})
    await Promise.race([seen, once(stream, 'close').catch(() => {})])
    if (stream.writableFinished) return
  }
}

/** Runs until it is done; what was under way ends when `signal` says so. Null: done. */
export async function runTransfer(
  server: Server,
  given: readonly string[],
  signal: AbortSignal,
  tell: (percent: number) => void
): Promise<TransferProblem | null> {
  const pipe = await start(server, ...given)
  const stop = () => pipe.close()
  signal.addEventListener('abort', stop)
  try {
    let last: Said = {}
    for await (const said of linesOf(pipe.stdout)) {
      last = said
      const { at, of } = said
      if (typeof at === 'number' && typeof of === 'number' && of > 0) {
        tell(Math.min(99, Math.floor((at / of) * 100)))
      }
    }
    return last.done === true ? null : problemOf(last)
  } finally {
    signal.removeEventListener('abort', stop)
    pipe.close()
  }
}

type Said = Readonly<Record<string, unknown>>

function problemOf({ error, words }: Said): TransferProblem {
  const reason = typeof error === 'string' && /^[a-z_]{1,32}$/.test(error) ? error : 'interrupted'
  const shown = typeof words === 'string' ? words.replace(/\p{Cc}/gu, ' ').slice(0, 500) : ''
  return { reason, words: shown || null }
}

/** Lines of JSON; what is none, and what is too much, is left out. */
function linesOf(stream: Readable) {
  const lines = read(stream)
  return {
    [Symbol.asyncIterator]: () => lines,
    all: async () => {
      const found: Said[] = []
      for await (const said of lines) found.push(said)
      return found
    },
  }
}

async function* read(stream: Readable): AsyncGenerator<Said> {
  let rest = ''
  let total = 0
  for await (const chunk of stream) {
    const parts = (rest + chunk.toString('utf8')).split('\n')
    rest = parts.pop()!.slice(0, longestLine)
    for (const line of parts) {
      total += line.length
      if (total > mostSaid * 16 || line.length > longestLine) continue
      const said = parsed(line)
      if (said) yield said
    }
  }
}

function parsed(line: string): Said | undefined {
  try {
    const said: unknown = JSON.parse(line)
    return typeof said === 'object' && said !== null ? (said as Said) : undefined
  } catch {
    return undefined
  }
}
