import { execFile } from 'node:child_process'
import { request } from 'node:http'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { BenchFailure } from '#tests/load/bench'
import type { ComputeFacts } from '#tests/load/stage/compute_facts'

type Config = Readonly<Record<string, string>>

interface Answer {
  readonly type?: string
  readonly operation?: string
  readonly error?: string
  readonly metadata?: any
}

/**
 * The container daemon past the application: for the floor of a build, and to remove what an
 * earlier run left, also when the application itself is what is broken.
 */
export class LxdClient {
  constructor(private readonly facts: ComputeFacts) {}

  async createInstance(name: string, address: string) {
    const { pool, bridge, gateway, prefixLength, image } = this.facts
    await this.#change('POST', '/1.0/instances', {
      name,
      profiles: [],
      source: { type: 'image', alias: image },
      config: {
        'limits.cpu': '1',
        'limits.memory': '2048MiB',
        'security.idmap.isolated': 'true',
        'user.address': `${address}/${prefixLength}`,
        'user.gateway': gateway,
      },
      devices: {
        root: { type: 'disk', path: '/', pool },
        eth0: { type: 'nic', name: 'eth0', network: bridge },
      },
    })
    await this.#change('PUT', `/1.0/instances/${name}/state`, { action: 'start', timeout: 60 })
  }

  async restart(name: string) {
    for (const action of ['stop', 'start'])
      await this.#change('PUT', `/1.0/instances/${name}/state`, { action, timeout: 60 })
  }

  /** What a program inside says; it is one of ours. */
  async ask(name: string, argv: readonly string[]): Promise<string> {
    const { socket, project } = this.facts
    const env = { ...process.env, LXD_DIR: dirname(socket) }
    const all = ['--project', project, 'exec', name, '--', ...argv]
    const { stdout } = await promisify(execFile)('lxc', all, { env, timeout: 20_000 })
    return stdout
  }

  /** Addresses that instances have, running or not. */
  async addressesInUse(): Promise<Set<string>> {
    const instances = (await this.#get('/1.0/instances?recursion=1')) as { config: Config }[]
    return new Set(instances.map(({ config }) => String(config['user.address']).split('/')[0]))
  }

  /** Whatever begins with the prefix: instances first, because volumes are attached to them. */
  async removeAll(prefix: string) {
    const instances = await this.#get('/1.0/instances?recursion=1')
    for (const { name, status } of named(instances, prefix)) {
      if (status !== 'Stopped') {
        await this.#change('PUT', `/1.0/instances/${name}/state`, { action: 'stop', force: true })
      }
      await this.#change('DELETE', `/1.0/instances/${name}`)
    }
    const path = `/1.0/storage-pools/${this.facts.pool}/volumes/custom`
    for (const { name } of named(await this.#get(`${path}?recursion=1`), prefix)) {
      await this.#change('DELETE', `${path}/${name}`)
    }
  }

  async #get(path: string): Promise<any> {
    const { metadata } = await this.#send('GET', path)
    return metadata
  }

  async #change(method: string, path: string, body?: unknown) {
    const { type, operation } = await this.#send(method, path, body)
    if (type !== 'async') return
    const { err } = await this.#get(`${operation}/wait?timeout=120`)
    if (err) throw new BenchFailure(`${method} ${path}: ${err}`)
  }

  #send(method: string, path: string, body?: unknown): Promise<Answer> {
    const separator = path.includes('?') ? '&' : '?'
    return new Promise((resolve, reject) => {
      const outgoing = request({
        socketPath: this.facts.socket,
        method,
        path: `${path}${separator}project=${this.facts.project}`,
        timeout: 150_000,
      })
      outgoing.on('error', reject)
      outgoing.on('timeout', () => outgoing.destroy(new BenchFailure(`${path}: no answer`)))
      outgoing.on('response', async (response) => {
        const parts: string[] = await response.setEncoding('utf8').toArray()
        const answer = JSON.parse(parts.join('')) as Answer
        if (answer.error) reject(new BenchFailure(`${method} ${path}: ${answer.error}`))
        else resolve(answer)
      })
      outgoing.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }
}

function named(things: any, prefix: string): { name: string; status: string }[] {
  return (things as { name: string; status: string }[]).filter(({ name }) =>
    name.startsWith(prefix)
  )
}
