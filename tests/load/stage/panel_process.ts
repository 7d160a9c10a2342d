import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { BenchFailure } from '#tests/load/bench'
import { siteStatus } from '#tests/load/clients/site_client'
import { until } from '#tests/load/stage/patience'

export type Settings = Readonly<Record<string, string>>

/** A panel with its worker in a process of its own, started as `bin/up` starts it, on a database of its own. */
export class PanelProcess {
  private constructor(
    readonly child: ChildProcess,
    readonly origin: string
  ) {}

  static async start(root: string, settings: Settings, log: string): Promise<PanelProcess> {
    const output = openSync(log, 'a', 0o600)
    const child = spawn(process.execPath, ['--import=@poppinss/ts-exec', 'bin/server.ts'], {
      cwd: root,
      env: { ...process.env, ...settings },
      stdio: ['ignore', output, output],
    })
    closeSync(output)
    const panel = new PanelProcess(child, settings.APP_URL)
    try {
      await panel.#answers()
    } catch (error) {
      await panel.stop()
      throw error
    }
    return panel
  }

  /** Memory that the process has in use. */
  async rssMb(): Promise<number> {
    const status = await readFile(`/proc/${this.child.pid}/status`, 'utf8')
    return Math.round(Number(status.match(/VmRSS:\s+(\d+)/)?.[1]) / 1024)
  }

  /** CPU that the process has used since it began. */
  async cpuMs(): Promise<number> {
    const stat = await readFile(`/proc/${this.child.pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  }

  async stop() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const exited = once(this.child, 'exit')
    this.child.kill('SIGTERM')
    if (await Promise.race([exited, wait(30_000, null)])) return
    this.child.kill('SIGKILL')
    await exited
  }

  async #answers() {
    const { hostname, port } = new URL(this.origin)
    const patience = { what: `panel at ${this.origin}`, withinMs: 60_000, everyMs: 50 }
    await until(patience, async () => {
      if (this.child.exitCode !== null) throw new BenchFailure('the panel does not start')
      const status = await siteStatus(hostname, hostname, {
        path: '/health',
        port: Number(port),
      })
      return status === 200 || null
    })
  }
}

/** Everything that a panel needs from its environment, on a free port, with a key of its own. */
export async function panelSettings(file: string): Promise<Settings> {
  const port = await freePort()
  return {
    NODE_ENV: 'production',
    TZ: 'UTC',
    HOST: '127.0.0.1',
    PORT: String(port),
    APP_URL: `http://127.0.0.1:${port}`,
    APP_KEY: randomBytes(24).toString('base64'),
    LOG_LEVEL: 'warn',
    DB_CONNECTION: 'sqlite',
    DB_FILE: file,
    SESSION_DRIVER: 'database',
    LIMITER_STORE: 'database',
  }
}

/** Makes the tables in the settings' database. */
export async function migrate(root: string, settings: Settings) {
  const child = spawn(process.execPath, ['ace.js', 'migration:run', '--force'], {
    cwd: root,
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = Promise.all([child.stdout.toArray(), child.stderr.toArray()])
  const [code] = await once(child, 'exit')
  const output = await said
  const text = output.flat().join('')
  if (code !== 0) throw new BenchFailure(`migrations failed: ${text}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
