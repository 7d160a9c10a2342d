import { rm } from 'node:fs/promises'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/**
 * A daemon's unix socket that can die: whoever talks through it loses his connection, and nobody gets a new one. The daemon behind it,
 * which others use too, goes on; what it was told before it "died" it does.
 */
export class MortalSocket {
  readonly path = join(tmpdir(), `mortal-${process.pid}.sock`)
  readonly #target: string
  readonly #open = new Set<Socket>()
  #server?: Server
  #lastWords?: string

  constructor(target: string) {
    this.#target = target
  }

  /** After it has passed on a request that begins like that. */
  dieAfter(lastWords: string) {
    this.#lastWords = lastWords
  }

  async live(): Promise<void> {
    if (this.#server) return
    await rm(this.path, { force: true })
    const server = createServer((socket) => this.#pass(socket))
    this.#server = server
    await new Promise<void>((resolve) => server.listen(this.path, resolve))
  }

  async die(): Promise<void> {
    this.#lastWords = undefined
    for (const socket of this.#open) socket.destroy()
    this.#server?.close()
    this.#server = undefined
    await rm(this.path, { force: true })
  }

  #pass(from: Socket) {
    const to = createConnection(this.#target)
    for (const socket of [from, to]) {
      this.#open.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#open.delete(socket)
        from.destroy()
        to.destroy()
      })
    }
    to.pipe(from)
    from.on('data', (chunk: Buffer) => {
      to.write(chunk)
      if (this.#lastWords && chunk.toString('latin1').startsWith(this.#lastWords)) void this.#end()
    })
  }

  /** The daemon behind has read it by then. */
  async #end() {
    this.#lastWords = undefined
    await wait(150)
    await this.die()
  }
}
