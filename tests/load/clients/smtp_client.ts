import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { BenchFailure } from '#tests/load/bench'

/** Checks of a message that waits behind others take their time. */
const timeoutMs = 120_000

/** A mail server elsewhere, as far as port 25 can tell: it asks and writes one message after the other. */
export class SmtpClient {
  #received = ''
  #wake: () => void = () => {}

  private constructor(private readonly socket: Socket) {
    const wake = () => this.#wake()
    socket.setEncoding('latin1').on('data', (part: string) => {
      this.#received += part
      wake()
    })
    socket.on('error', wake).on('close', wake)
  }

  /** Connected, and introduced. */
  static async connect(address: string, port = 25): Promise<SmtpClient> {
    const socket = connect({ host: address, port })
    socket.setNoDelay(true).setTimeout(timeoutMs, () => socket.destroy())
    const client = new SmtpClient(socket)
    await once(socket, 'connect')
    await client.#answer()
    await client.command('EHLO client.example.net')
    return client
  }

  /** The last line of what the server says to it. */
  async command(text: string): Promise<string> {
    this.socket.write(`${text}\r\n`)
    return this.#answer()
  }

  /** What is said to a recipient; nothing is sent. */
  async asked(sender: string, recipient: string): Promise<string> {
    await this.command('RSET')
    await this.command(`MAIL FROM:<${sender}>`)
    return this.command(`RCPT TO:<${recipient}>`)
  }

  /** Rejects unless the message was taken. */
  async send(sender: string, recipient: string, message: string) {
    for (const answer of [await this.asked(sender, recipient), await this.command('DATA')])
      if (!/^[23]/.test(answer)) throw new BenchFailure(`${recipient}: ${answer}`)
    const taken = await this.command(`${message.replaceAll('\n', '\r\n')}\r\n.`)
    if (!taken.startsWith('250 ')) throw new BenchFailure(`${recipient}: ${taken}`)
  }

  close() {
    this.socket.destroy()
  }

  async #answer(): Promise<string> {
    for (;;) {
      const [, whole, last] = /^((?:\d{3}-.*\r\n)*(\d{3} .*)\r\n)/.exec(this.#received) ?? []
      if (whole) {
        this.#received = this.#received.slice(whole.length)
        return last
      }
      if (this.socket.destroyed) throw new BenchFailure('SMTP connection closed')
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}
