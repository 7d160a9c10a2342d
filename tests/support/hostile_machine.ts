import type { AddressInfo } from 'node:net'
import ssh2, { type ServerChannel } from 'ssh2'
import { newKey, publicHalf } from '#compute/panel_key'

type Answer = (channel: ServerChannel, question: Promise<string>) => void

/** An SSH server that lets anybody in and answers what a test wants: what a machine in strange hands can do. */
export class HostileMachine {
  readonly address = '127.0.0.1'
  readonly #server: ssh2.Server
  readonly #clients = new Set<ssh2.Connection>()
  /** Of the machine's owner: the panel's key is none of his. */
  refuses = false

  private constructor(
    readonly hostKey: string,
    privateKey: string,
    public answer: Answer
  ) {
    this.#server = new ssh2.Server({ hostKeys: [privateKey] }, (client) => {
      this.#clients.add(client)
      client.on('error', () => {})
      client.on('authentication', (context) => (this.refuses ? context.reject() : context.accept()))
      client.on('session', (accept) => {
        accept().on('exec', (acceptExec) => {
          const channel = acceptExec()
          this.answer(channel, questionOn(channel))
        })
      })
    })
  }

  static async start(answer: Answer): Promise<HostileMachine> {
    const key = newKey()
    const machine = new HostileMachine(publicHalf(key, '').trim(), key, answer)
    await new Promise<void>((resolve) => machine.#server.listen(0, '127.0.0.1', resolve))
    return machine
  }

  get port() {
    return (this.#server.address() as AddressInfo).port
  }

  stop() {
    for (const client of this.#clients) client.end()
    this.#server.close()
  }
}

/** Says that and ends well. */
export function saying(text: string): Answer {
  return (channel) => {
    channel.write(text)
    channel.exit(0)
    channel.end()
  }
}

async function questionOn(channel: ServerChannel) {
  let question = ''
  for await (const chunk of channel) question += chunk
  return question
}
