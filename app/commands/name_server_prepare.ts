import { setTimeout as wait } from 'node:timers/promises'
import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import type NameServer from '#models/name_server'
import type { NameServerRole } from '#models/name_server'

const roles = ['primary', 'secondary'] as const
const places = { primary: 'ns1', secondary: 'ns2' } as const

/** Seconds until a machine that was just made has its host key. */
const bootPatienceS = 60

export default class NameServerPrepare extends BaseCommand {
  static commandName = 'name_server:prepare'
  static description =
    'ネームサーバを用意します。何も付けなければ、このマシンの LXD にプライマリとセカンダリのコンテナを作ります'
  static options: CommandOptions = { startApp: true }

  @flags.string({ description: '既存のマシンを使うとき: primary か secondary' })
  declare role?: string

  @flags.string({ description: '既存のマシンのアドレス' })
  declare address?: string

  @flags.number({ description: '既存のマシンの SSH のポート (22)' })
  declare sshPort?: number

  @flags.string({ description: '既存のマシンのホスト鍵。例: "ssh-ed25519 AAAA…"' })
  declare hostKey?: string

  async run() {
    const servers = this.role ? [await this.existing()] : await this.containers()
    if (servers.length === 0)
      return this.logger.warning('LXD がないため、ネームサーバは作りません。')
    const { prepareNameServer } = await import('#jobs/prepare_name_server')
    for (const server of servers) {
      await prepareNameServer(server, AbortSignal.timeout(120_000))
      this.logger.success(`${server.hostname} (${server.address}) が使えます`)
    }
    const { default: Task } = await import('#models/task')
    await Task.enqueue({ kind: 'compare_name_servers', uniqueKey: 'compare_name_servers' })
    await Task.enqueue({ kind: 'deliver_zones' })
  }

  private async existing(): Promise<NameServer> {
    const { default: Server } = await import('#models/name_server')
    const role = roles.find((each) => each === this.role)
    if (!role || !this.address || !this.hostKey)
      throw new Error('--role (primary か secondary)、--address、--host-key を指定してください')
    const { address, hostKey, sshPort = 22 } = this
    return Server.register(role, { address, sshPort, hostKey })
  }

  /** Both are registered before either is set up: each is told of the other. */
  private async containers(): Promise<NameServer[]> {
    const { serviceFacts, serviceMachine } = await import('#compute/service_machine')
    const facts = await serviceFacts()
    if (!facts) return []
    return Promise.all(
      roles.map((role) => this.container(role, serviceMachine(facts, places[role])))
    )
  }

  private async container(
    role: NameServerRole,
    machine: ReturnType<typeof import('#compute/service_machine').serviceMachine>
  ): Promise<NameServer> {
    const { computeOf } = await import('#compute/index')
    const { default: Server } = await import('#models/name_server')
    const compute = computeOf(machine)
    await compute.create()
    await compute.start()
    const hostKey = await keyOf(() => compute.hostKey())
    const { address, sshPort } = machine
    return Server.register(role, { address: String(address), sshPort, hostKey })
  }
}

async function keyOf(read: () => Promise<string>): Promise<string> {
  for (const end = Date.now() + bootPatienceS * 1000; ; await wait(100)) {
    try {
      return await read()
    } catch (error) {
      if (Date.now() > end) throw error
    }
  }
}
