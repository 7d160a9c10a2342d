import { setTimeout as wait } from 'node:timers/promises'
import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import type BackupHost from '#models/backup_host'
import type { NewBackupHost } from '#models/backup_host'

/** Milliseconds until a machine that was just made answers. */
const patienceMs = 60_000
const directory = '/srv/backups'

export default class BackupHostPrepare extends BaseCommand {
  static commandName = 'backup_host:prepare'
  static description =
    'バックアップの保存先を用意します。何も付けなければ、このマシンの LXD に専用のコンテナを作ります'
  static options: CommandOptions = { startApp: true }

  @flags.string({ description: '既存のマシンのアドレス (パネルの鍵で root が入れること)' })
  declare address?: string

  @flags.number({ description: '既存のマシンの SSH のポート (22)' })
  declare sshPort?: number

  @flags.string({ description: '既存のマシンのホスト鍵。例: "ssh-ed25519 AAAA…"' })
  declare hostKey?: string

  @flags.string({ description: '保存するディレクトリ (/srv/backups)' })
  declare directory?: string

  async run() {
    const given = this.address ? this.existing(this.address) : await this.container()
    if (!given) return this.logger.warning('LXD がないため、バックアップの保存先は作りません。')
    const { default: Host } = await import('#models/backup_host')
    const host = await Host.register(given)
    await this.check(host)
    this.logger.success(`${host.name} (${host.address}) が使えます`)
  }

  private existing(address: string): NewBackupHost {
    if (!this.hostKey) throw new Error('--host-key を指定してください')
    const { hostKey, sshPort: port = 22 } = this
    return { name: 'backup', address, port, hostKey, directory: this.directory ?? directory }
  }

  private async container(): Promise<NewBackupHost | null> {
    const { serviceFacts, serviceMachine } = await import('#compute/service_machine')
    const { computeOf } = await import('#compute/index')
    const facts = await serviceFacts()
    if (!facts) return null
    const machine = serviceMachine(facts, 'backup')
    const compute = computeOf(machine)
    await compute.create()
    await compute.start()
    const hostKey = await keyOf(() => compute.hostKey())
    const { address, sshPort: port } = machine
    return { name: 'backup', address: String(address), port, hostKey, directory }
  }

  private async check(host: BackupHost) {
    const { waitForSsh } = await import('#compute/ssh_answer')
    const { prepareHost } = await import('#backup/generation')
    const signal = AbortSignal.timeout(patienceMs)
    await waitForSsh(host.address, host.port, patienceMs, signal)
    await prepareHost(host, signal)
  }
}

async function keyOf(read: () => Promise<string>): Promise<string> {
  for (const end = Date.now() + patienceMs; ; await wait(100)) {
    try {
      return await read()
    } catch (error) {
      if (Date.now() > end) throw error
    }
  }
}
