import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import app from '@adonisjs/core/services/app'
import type { Compute } from '#compute/compute'
import { computeOf } from '#compute/index'
import { serviceFacts, serviceMachine } from '#compute/service_machine'
import { waitForSsh } from '#compute/ssh_answer'
import type Backup from '#models/backup'
import BackupHost from '#models/backup_host'
import type { Outcome } from '#tests/support/test_server'

const unsealing = `
import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x4008941A, bytearray(struct.pack("Q", 0)))
`

/** A container of the service image that copies go to, made by what makes servers; gone at the end. */
export class TestBackupHost {
  private constructor(
    readonly host: BackupHost,
    private readonly instance: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly client: string,
    private readonly compute: Compute
  ) {}

  static async make(): Promise<TestBackupHost> {
    const facts = await serviceFacts()
    if (!facts) throw new Error('no LXD or Incus here')
    const machine = serviceMachine(facts, 'testBackup')
    const compute = computeOf(machine)
    await compute.delete()
    app.terminating(() => compute.delete())
    await compute.create()
    await compute.start()
    await waitForSsh(machine.address!, machine.sshPort, 60_000, AbortSignal.timeout(60_000))
    let hostKey = ''
    while (!hostKey) {
      hostKey = await compute.hostKey().catch(() => '')
      await wait(50)
    }
    const host = await BackupHost.register({
      ...{ name: 'backup', address: machine.address!, port: machine.sshPort },
      ...{ hostKey, directory: '/srv/backups' },
    })
    const isLxd = facts.driver === 'lxd'
    const env = { ...process.env, [isLxd ? 'LXD_DIR' : 'INCUS_DIR']: dirname(facts.socket) }
    return new TestBackupHost(host, machine.instance, env, isLxd ? 'lxc' : 'incus', compute)
  }

  remove() {
    return this.compute.delete()
  }

  /** Of the machine itself; what snapshots hold is not counted. */
  limitDisk(size: string) {
    return this.#client(['config', 'device', 'set', this.instance, 'root', `size=${size}`])
  }

  /** A generation that is whole refuses whoever writes; what damages it asks nobody. */
  async unseal({ set, id }: Backup) {
    const tree = `${this.host.directory}/${set}/${id}/tree`
    const words = await this.text('python3', '-c', unsealing, tree)
    if (words) throw new Error(words)
  }

  exec(argv: readonly string[]): Promise<Outcome> {
    return this.#client(['exec', this.instance, '--', ...argv])
  }

  #client(argv: readonly string[]): Promise<Outcome> {
    return new Promise((resolve) => {
      const options = { env: this.env, timeout: 60_000, maxBuffer: 16 * 2 ** 20 }
      execFile(this.client, [...argv], options, (error, stdout, stderr) =>
        resolve({ status: error ? Number(error.code ?? 255) : 0, stdout, stderr })
      )
    })
  }

  async text(...argv: string[]): Promise<string> {
    const { stdout, stderr } = await this.exec(argv)
    return (stdout + stderr).trim()
  }
}
