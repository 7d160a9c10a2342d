import { mkdir, rm } from 'node:fs/promises'
import { converge, type ConvergeOptions } from '#convergence/engine/converge'
import type { Machinery, Volumes } from '#convergence/engine/machinery'
import { Records } from '#convergence/engine/records'
import { closeConnections } from '#convergence/transports/connections'
import { makeContract, makeServer } from '#database/factories/tenant'
import { LocalServer } from '#tests/support/local_server'
import { desiredServer, fakeDaemon, fakeVolumeService } from '#tests/support/fake_daemon'

/** Volumes as plain directories. */
class FakeVolumes implements Volumes {
  readonly asked: string[] = []

  constructor(private readonly server: LocalServer) {}

  async ensureVolumes(volumes: readonly { name: string; path: string }[]) {
    for (const { name, path } of volumes) {
      this.asked.push(`ensure ${name}`)
      await mkdir(this.server.path(path), { recursive: true })
    }
    return { created: volumes.map(({ name }) => name), attached: [], resized: [] }
  }

  async removeVolumes(names: readonly string[]) {
    for (const name of names) {
      this.asked.push(`remove ${name}`)
      await rm(this.server.path(`/data/domain/${name}.example.jp`), {
        recursive: true,
        force: true,
      })
    }
  }
}

/** The engine with a database, an agent on this machine and daemons that do as they are told. */
export class EngineBench {
  /** Quotas by id of domain: all that the fake daemon knows of one. */
  quotas: Record<number, number> = {}
  /** Reasons for which a full apply was asked for. */
  readonly fullApplies: string[] = []

  private constructor(
    readonly server: LocalServer,
    readonly serverId: number,
    readonly volumes: FakeVolumes
  ) {}

  static async create() {
    const { contract } = await makeContract()
    const { id } = await makeServer(contract)
    const server = await LocalServer.create()
    return new EngineBench(server, id, new FakeVolumes(server))
  }

  get machinery(): Machinery {
    return {
      services: [fakeDaemon(this.server.root), fakeVolumeService],
      access: this.server.access,
      volumes: this.volumes,
      records: new Records(this.serverId),
      load: async (scope) => desiredServer(this.quotas, scope),
      askForFullApply: async (reason) => {
        this.fullApplies.push(reason)
      },
      say: ({ phase }) => `refused by ${phase}`,
    }
  }

  converge(scope: ConvergeOptions['scope'] = 'all', more: Partial<ConvergeOptions> = {}) {
    return converge({ scope, reason: 'test', ...more }, this.machinery)
  }

  async remove() {
    await closeConnections()
    await this.server.remove()
  }
}
