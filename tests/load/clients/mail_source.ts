import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { BenchFailure } from '#tests/load/bench'

const timeoutMs = 180_000

/** Another mail server that hands in one message after the other over one connection. */
export class MailSource {
  #received = ''
  #wake: () => void = () => {}

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1').on('data', (part: string) => {
      this.#received += part
      this.#wake()
    })
    socket.on('error', () => this.#wake())
    socket.on('close', () => this.#wake())
  }

  static async connect(address: string): Promise<MailSource> {
    const socket = connect({ host: address, port: 25 })
    socket.setNoDelay(true).setTimeout(timeoutMs, () => socket.destroy())
    const client = new MailSource(socket)
    await once(socket, 'connect')
    await client.#answer()
    await client.#say('EHLO bench.example.net')
    return client
  }

  /** Until the server has said that the message is its own now. */
  async send(from: string, to: string, message: string): Promise<void> {
    await this.#say(`MAIL FROM:<${from}>`)
    await this.#say(`RCPT TO:<${to}>`)
    await this.#say('DATA', '354')
    await this.#say(`${message}\r\n.`)
  }

  close() {
    this.socket.destroy()
  }

  async #say(line: string, expected = '250') {
    this.socket.write(`${line}\r\n`)
    const answer = await this.#answer()
    if (!answer.startsWith(expected)) throw new BenchFailure(`${line.slice(0, 80)}: ${answer}`)
  }

  async #answer(): Promise<string> {
    for (;;) {
      const whole = /^(?:\d{3}-.*\r\n)*(\d{3}(?: .*)?)\r\n/.exec(this.#received)
      if (whole) {
        this.#received = this.#received.slice(whole[0].length)
        return whole[1]
      }
      if (this.socket.destroyed) throw new BenchFailure('SMTP connection closed')
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}
