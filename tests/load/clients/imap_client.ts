import { once } from 'node:events'
import { connect, createSecureContext, type TLSSocket } from 'node:tls'
import { BenchFailure } from '#tests/load/bench'

const timeoutMs = 15_000

/** Made once: a mail client has read its certificates long before. */
const secureContext = createSecureContext()

/** A mail client that can sign in over IMAPS and count messages. */
export class ImapClient {
  #number = 0
  #received = ''
  #wake: () => void = () => {}

  private constructor(private readonly socket: TLSSocket) {
    socket.setEncoding('latin1').on('data', (part: string) => {
      this.#received += part
      this.#wake()
    })
    socket.on('error', () => this.#wake())
    socket.on('close', () => this.#wake())
  }

  /** Connected, and greeted. The certificate is the server's own, made at its first boot. */
  static async connect(address: string, port = 993): Promise<ImapClient> {
    const socket = connect({ host: address, port, secureContext, rejectUnauthorized: false })
    socket.setNoDelay(true).setTimeout(timeoutMs, () => socket.destroy())
    const client = new ImapClient(socket)
    await once(socket, 'secureConnect')
    await client.#line((line) => line.startsWith('* OK'))
    return client
  }

  /** True for OK, false for NO. */
  async login(user: string, password: string): Promise<boolean> {
    const tag = `a${++this.#number}`
    this.socket.write(`${tag} LOGIN ${quoted(user)} ${quoted(password)}\r\n`)
    const answer = await this.#line((line) => line.startsWith(`${tag} `))
    return answer.startsWith(`${tag} OK`)
  }

  /** How many messages a folder has. */
  async count(folder: string): Promise<number> {
    const tag = `a${++this.#number}`
    this.socket.write(`${tag} STATUS ${quoted(folder)} (MESSAGES)\r\n`)
    const status = await this.#line((line) => /^\* STATUS |^a\d+ (NO|BAD)/.test(line))
    if (status.startsWith('*')) await this.#line((line) => line.startsWith(`${tag} `))
    return Number(/MESSAGES (\d+)/.exec(status)?.[1] ?? 0)
  }

  close() {
    this.socket.destroy()
  }

  async #line(isWanted: (line: string) => boolean): Promise<string> {
    for (;;) {
      const lines = this.#received.split('\r\n')
      const at = lines.slice(0, -1).findIndex(isWanted)
      if (at >= 0) {
        this.#received = lines.slice(at + 1).join('\r\n')
        return lines[at]
      }
      if (this.socket.destroyed) throw new BenchFailure('IMAP connection closed')
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}

function quoted(text: string) {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
