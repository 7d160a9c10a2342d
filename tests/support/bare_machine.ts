import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import app from '@adonisjs/core/services/app'
import { computeOf } from '#compute/index'
import type { Machine } from '#compute/machine'
import { waitForSsh } from '#compute/ssh_answer'
import { freeTestRange, removeLeftovers } from '#tests/support/test_instances'
import type { ComputeFacts, Outcome } from '#tests/support/test_server'

/**
 * A Debian machine as it stands in a rack: its programs are there, nobody but its console has a way in, and no row of the
 * database knows of it. That it is a container is nothing that it tells.
 */
export class BareMachine {
  private constructor(
    readonly facts: ComputeFacts,
    readonly machine: Machine
  ) {}

  static async start(): Promise<BareMachine> {
    const text = await readFile(app.makePath('storage/compute.json'), 'utf8')
    const facts: ComputeFacts = JSON.parse(text)
    await removeLeftovers(facts)
    const { firstAddress } = await freeTestRange(facts)
    const bare = new BareMachine(facts, machineOn(facts, firstAddress))
    const compute = computeOf(bare.machine)
    app.terminating(() => compute.delete())
    await compute.create()
    await compute.start()
    await waitForSsh(firstAddress, 11122, 60_000, AbortSignal.timeout(60_000))
    await bare.console(['truncate', '-s', '0', '/etc/ssh/authorized_keys.d/root'])
    return bare
  }

  get address() {
    return String(this.machine.address)
  }

  /** As root at its console. */
  console(argv: readonly string[]): Promise<Outcome> {
    const [client, home] = this.facts.driver === 'lxd' ? ['lxc', 'LXD_DIR'] : ['incus', 'INCUS_DIR']
    const env = { ...process.env, [home]: dirname(this.facts.socket) }
    const all = ['exec', '--project', this.facts.project, this.machine.instance, '--', ...argv]
    return new Promise((resolve) => {
      execFile(client, all, { env, timeout: 60_000 }, (error, stdout, stderr) => {
        resolve({ status: error ? Number(error.code ?? 255) : 0, stdout, stderr })
      })
    })
  }
}

function machineOn(facts: ComputeFacts, address: string): Machine {
  const { prefix, cidr, project, pool, bridge, gateway, image, driver, socket: endpoint } = facts
  const none = { clientCertificate: null, clientKey: null, serverCertificate: null }
  return {
    instance: `${prefix}test-${process.pid}-bare`,
    hostname: 'rack.example.jp',
    address,
    sshPort: 11122,
    hostKey: null,
    privateCard: null,
    limits: { cores: 6, memoryMb: 12 * 1024, diskMb: 200 * 1024 },
    node: {
      ...{ driver, endpoint, image, prefix, cidr, project, pool, bridge, gateway, ...none },
      backupPool: null,
    },
  }
}
