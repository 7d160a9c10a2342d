import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { Running, type Machine, type Said } from '#backup/ends'
import { BackupProblem } from '#backup/problem'

const mostWords = 110_000

/**
 * rsync with one end on the backup host and the other on a server: the panel holds a connection to each and carries bytes
 * between them, so no machine has a key for another. Both sides confine themselves (`programs`).
 */
export async function relay(
  store: { machine: Machine; verb: string; given: readonly (string | number)[] },
  server: { machine: Machine; verb: string; given: readonly (string | number)[] },
  signal: AbortSignal
): Promise<{ readonly store: Said; readonly server: readonly Said[]; readonly words: string }> {
  const near = await Running.start('store', store.machine, store.verb, ...store.given)
  let far: Running | undefined
  const stop = () => {
    near.close()
    far?.close()
  }
  signal.addEventListener('abort', stop)
  try {
    signal.throwIfAborted()
    const words = await firstMessage(near)
    far = await Running.start('server', server.machine, server.verb, words, ...server.given)
    near.pipe.stdout.pipe(far.pipe.stdin)
    far.pipe.stdout.pipe(near.pipe.stdin)
    // What nobody takes any more is read all the same: a channel is closed only when it is read to its end.
    void far.pipe.closed.then(() => near.pipe.stdout.unpipe().resume())
    void near.pipe.closed.then(() => far?.pipe.stdout.unpipe().resume())
    const verdict = await near.conclusion()
    await Promise.race([far.pipe.closed, new Promise((resolve) => setTimeout(resolve, 5000))])
    signal.throwIfAborted()
    const refused = far.said.find(({ error }) => typeof error === 'string')
    if (refused)
      throw new BackupProblem(String(refused.error), `${server.machine.name}: ${refused.words}`)
    if (typeof verdict.code !== 'string')
      throw new BackupProblem('interrupted', near.words || far.words)
    return { store: verdict, server: far.said, words: far.words }
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}

/** What rsync wants to be run at the other end: a length, a line break, JSON. Not a byte more is taken. */
async function firstMessage(near: Running): Promise<string> {
  const { stdout } = near.pipe
  let header = ''
  while (!header.endsWith('\n')) {
    header += await bytes(stdout, 1, near)
    if (header.length > 8) throw new BackupProblem('failed', 'unexpected words of the backup host')
  }
  const length = Number(header)
  if (!(length > 0 && length <= mostWords)) throw new BackupProblem('failed', `length ${header}`)
  return bytes(stdout, length, near)
}

async function bytes(stream: Readable, count: number, near: Running): Promise<string> {
  for (;;) {
    const part: Buffer | null = stream.read(count)
    if (part && part.length === count) return part.toString('utf8')
    if (stream.readableEnded || stream.destroyed || part) {
      const { words, code } = await near.conclusion()
      throw new BackupProblem(
        code === 'no_space' ? code : 'interrupted',
        typeof words === 'string' ? words : near.words
      )
    }
    await Promise.race([once(stream, 'readable'), once(stream, 'end'), near.pipe.closed])
  }
}
