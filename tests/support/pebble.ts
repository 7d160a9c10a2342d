import { type ChildProcess, spawn } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { CertificateAuthority } from '#tests/support/certificate_authority'

/** Debian's `pebble`: a real authority (RFC 8555) on this machine, with the faults that it can make up. */
export class Pebble {
  private constructor(
    private readonly children: ChildProcess[],
    private readonly folder: string,
    private readonly ports: { readonly api: number; readonly management: number },
    private readonly authority: CertificateAuthority,
    /** What the panel asks, and what the authority asks: `address:port`. */
    readonly dns: { readonly panel: FakeNames; readonly authority: FakeNames }
  ) {}

  /** Every name leads to `address` until told otherwise. */
  static async start(address: string, faults: Record<string, string> = {}): Promise<Pebble> {
    const folder = await mkdtemp(join(tmpdir(), 'tsukasa-pebble-'))
    const authority = await CertificateAuthority.create()
    const ports = { api: await freePort(), management: await freePort() }
    await writeFile(join(folder, 'root.pem'), authority.certificate)
    await writeConfiguration(folder, ports, authority)
    const names = [await FakeNames.start(address), await FakeNames.start(address)]
    const argv = ['-config', join(folder, 'config.json'), '-dnsserver', names[1].address]
    const env = { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '20', ...faults }
    const child = spawn('pebble', argv, { env, stdio: 'ignore' })
    const children = [child, ...names.map((each) => each.child)]
    const dns = { panel: names[0], authority: names[1] }
    const made = new Pebble(children, folder, ports, authority, dns)
    await made.#answers()
    return made
  }

  get directory() {
    return `https://localhost:${this.ports.api}/dir`
  }

  get authoritiesFile() {
    return join(this.folder, 'root.pem')
  }

  /** PEM of what it signs with; another one at each start. */
  root() {
    return this.#get(this.ports.management, '/roots/0')
  }

  async stop() {
    for (const child of this.children) child.kill()
    await rm(this.folder, { recursive: true, force: true })
  }

  async #answers() {
    for (let left = 100; ; left--) {
      try {
        await this.#get(this.ports.api, '/dir')
        return
      } catch (error) {
        if (left === 0) throw error
        await wait(50)
      }
    }
  }

  #get(port: number, path: string): Promise<string> {
    const options = { host: 'localhost', port, path, ca: this.authority.certificate, agent: false }
    return new Promise((resolve, reject) => {
      const asked = request(options, async (response) => {
        let body = ''
        for await (const chunk of response.setEncoding('utf8')) body += chunk
        resolve(body)
      })
      asked.on('error', reject)
      asked.end()
    })
  }
}

/** A name server that answers with one address for everything but what it was told. */
export class FakeNames {
  private constructor(
    readonly child: ChildProcess,
    readonly address: string,
    private readonly management: number
  ) {}

  static async start(address: string): Promise<FakeNames> {
    const [port, management] = [await freePort(), await freePort()]
    const none = ['-http01', '', '-https01', '', '-tlsalpn01', '']
    const own = ['-dns01', `127.0.0.1:${port}`, '-management', `127.0.0.1:${management}`]
    const answers = ['-defaultIPv4', address, '-defaultIPv6', '']
    const argv = [...none, ...own, ...answers]
    const child = spawn('pebble-challtestsrv', argv, { stdio: 'ignore' })
    const made = new FakeNames(child, `127.0.0.1:${port}`, management)
    for (let left = 100; left > 0 && !(await made.#tell('clear-a', { host: 'x.' })); left--) {
      await wait(50)
    }
    return made
  }

  async lead(host: string, ...addresses: string[]) {
    await this.#tell('add-a', { host: `${host}.`, addresses })
  }

  async #tell(verb: string, body: unknown) {
    try {
      const options = { method: 'POST', body: JSON.stringify(body) }
      const { ok } = await fetch(`http://127.0.0.1:${this.management}/${verb}`, options)
      return ok
    } catch {
      return false
    }
  }
}

async function writeConfiguration(
  folder: string,
  ports: { api: number; management: number },
  authority: CertificateAuthority
) {
  const own = await authority.issue({ names: ['localhost'], key: 'rsa-2048' })
  const key = createPrivateKey(own.key).export({ type: 'pkcs1', format: 'pem' })
  await writeFile(join(folder, 'own.pem'), own.certificate)
  await writeFile(join(folder, 'own.key'), key)
  const pebble = {
    listenAddress: `127.0.0.1:${ports.api}`,
    managementListenAddress: `127.0.0.1:${ports.management}`,
    certificate: join(folder, 'own.pem'),
    privateKey: join(folder, 'own.key'),
    httpPort: 80,
    tlsPort: 443,
    ocspResponderURL: '',
    externalAccountBindingRequired: false,
  }
  await writeFile(join(folder, 'config.json'), JSON.stringify({ pebble }))
}

/** Somebody else could take it until it is listened on, which is a moment. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
