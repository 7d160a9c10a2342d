import { once } from 'node:events'
import { Client, type ClientChannel } from 'ssh2'
import { Unreachable, type Pipe, type Transport } from '#convergence/transports/transport'

export interface SshTarget {
  readonly address: string
  readonly port: number
  /** Pinned public key of the host as in known_hosts, e.g. `ssh-ed25519 AAAA…`. Another one ends the connection. */
  readonly hostKey: string
  /** OpenSSH private key of the panel. */
  readonly privateKey: string
  /** Milliseconds; 20,000 when absent. */
  readonly timeoutMs?: number
}

const keepaliveMs = 10_000

/** Root on a managed server over SSH, container and adopted machine alike. */
export class SshTransport implements Transport {
  constructor(private readonly target: SshTarget) {}

  get key() {
    return `${this.target.address}:${this.target.port} ${this.target.hostKey}`
  }

  async open(argv: readonly string[]): Promise<Pipe> {
    const client = await this.connect()
    try {
      return pipeOf(client, await execute(client, argv.map(quote).join(' ')))
    } catch (error) {
      client.destroy()
      throw unreachable(this.target, error)
    }
  }

  private async connect(): Promise<Client> {
    const { address, port, hostKey, privateKey, timeoutMs = 20_000 } = this.target
    const client = new Client()
    // It may tell of one end more than once; without a listener that would end the process.
    client.on('error', () => {})
    const ready = once(client, 'ready')
    client.connect({
      host: address,
      port,
      username: 'root',
      privateKey,
      readyTimeout: timeoutMs,
      keepaliveInterval: keepaliveMs,
      keepaliveCountMax: 3,
      hostVerifier: (offered: Buffer) => offered.equals(pinned(hostKey)),
      algorithms: {
        serverHostKey: [hostKey.split(' ', 1)[0] as 'ssh-ed25519'],
        cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr'],
      },
    })
    try {
      await ready
    } catch (error) {
      client.destroy()
      throw unreachable(this.target, error)
    }
    // Requests are small and each waits for its answer: Nagle's algorithm would cost 40 ms a time.
    client.setNoDelay(true)
    return client
  }
}

function execute(client: Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('no channel within 20 s')), 20_000)
    client.exec(command, (error, channel) => {
      clearTimeout(late)
      if (error) reject(error)
      else resolve(channel)
    })
  })
}

function pipeOf(client: Client, channel: ClientChannel): Pipe {
  const { promise: closed, resolve } = Promise.withResolvers<Error | undefined>()
  client.on('error', resolve)
  client.on('close', () => resolve(undefined))
  channel.on('close', () => {
    resolve(undefined)
    client.end()
  })
  channel.on('error', resolve)
  return {
    stdin: channel,
    stdout: channel,
    stderr: channel.stderr,
    closed,
    close: () => client.destroy(),
  }
}

/** The login shell at the other end sees one word per argument; everything within single quotes is literal. */
function quote(argument: string) {
  return `'${argument.replaceAll("'", `'\\''`)}'`
}

function pinned(hostKey: string) {
  return Buffer.from(hostKey.split(' ')[1] ?? '', 'base64')
}

function unreachable(target: SshTarget, error: unknown) {
  const why = error instanceof Error ? error.message : String(error)
  return new Unreachable(`${target.address}:${target.port}: ${why}`, { cause: error })
}
