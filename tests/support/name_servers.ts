import { execFile } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { computeOf } from '#compute/index'
import { panelKey } from '#compute/panel_key'
import { serviceFacts, serviceMachine } from '#compute/service_machine'
import { SshTransport } from '#convergence/transports/ssh'
import { jobs } from '#jobs/index'
import { prepareNameServer } from '#jobs/prepare_name_server'
import { Worker } from '#jobs/worker'
import NameServer, { type NameServerRole } from '#models/name_server'
import Task from '#models/task'

const run = promisify(execFile)
const machines = { primary: 'testNs1', secondary: 'testNs2' } as const

/** PowerDNS in two containers of their own, made by what `bin/up` makes them by, and gone at the end. */
export class TestNameServers {
  private constructor(readonly servers: Readonly<Record<NameServerRole, NameServer>>) {}

  static async make(): Promise<TestNameServers> {
    const [primary, secondary] = await Promise.all([boot('primary'), boot('secondary')])
    for (const each of [primary, secondary]) {
      await prepareNameServer(each, AbortSignal.timeout(60_000))
    }
    const made = new TestNameServers({ primary, secondary })
    await Task.enqueue({ kind: 'compare_name_servers' })
    await made.work()
    return made
  }

  async remove() {
    const all = await Promise.all(Object.values(machines).map(computeOfTest))
    await Promise.all(all.map((each) => each.delete()))
    await NameServer.query().delete()
  }

  /** Everything that is queued about names and zones, also what is queued for a moment later. */
  async work(kinds = ['publish_zone', 'publish_names', 'compare_name_servers', 'deliver_zones']) {
    const worker = new Worker({ jobs: jobs.filter(({ kind }) => kinds.includes(kind)) })
    await worker.runUntilIdle()
  }

  /** What `dig` is answered, a line each. */
  async dig(role: NameServerRole, ...question: string[]): Promise<string[]> {
    const { address } = this.servers[role]
    const options = ['+short', '+tries=1', '+time=3', `@${address}`, ...question]
    const { stdout } = await run('dig', options).catch((error) => ({
      stdout: String(error.stdout),
    }))
    return stdout
      .split('\n')
      .filter((line) => line && !line.startsWith(';'))
      .toSorted()
  }

  /** As root on it. */
  async shell(role: NameServerRole, script: string, input = ''): Promise<string> {
    const { address, sshPort: port, hostKey } = this.servers[role]
    const { privateKey } = await panelKey()
    const transport = new SshTransport({ address, port, hostKey: String(hostKey), privateKey })
    const pipe = await transport.open(['sh', '-c', script])
    pipe.stdin.end(input)
    const [said] = await Promise.all([text(pipe.stdout), text(pipe.stderr)])
    pipe.close()
    return said
  }

  /** Until the task that waits for a name server has found it, and everything is delivered. */
  async settle(isSettled: () => Promise<boolean>) {
    for (let left = 100; left > 0; left--) {
      await this.work()
      if (await isSettled()) return
      await wait(200)
    }
    throw new Error('not delivered within 20 s')
  }
}

async function computeOfTest(name: (typeof machines)[NameServerRole]) {
  const facts = await serviceFacts()
  if (!facts) throw new Error('no LXD or Incus here: run bin/up or bin/test')
  return computeOf(serviceMachine(facts, name))
}

async function boot(role: NameServerRole): Promise<NameServer> {
  const compute = await computeOfTest(machines[role])
  await compute.delete()
  await compute.create()
  await compute.start()
  const facts = await serviceFacts()
  const { address, sshPort } = serviceMachine(facts!, machines[role])
  for (let left = 300; ; left--) {
    const hostKey = await compute.hostKey().catch(() => null)
    if (hostKey) return NameServer.register(role, { address: String(address), sshPort, hostKey })
    if (left === 0) throw new Error(`${role} has no host key`)
    await wait(100)
  }
}
