import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AgentClient } from '#convergence/agent/client'
import { LocalTransport } from '#convergence/transports/local'
import { KeptAccess } from '#convergence/transports/connections'

/** Stands in for systemd: a file per active unit. */
const systemctl = `#!/bin/sh
units=ROOT/units
verb=$1; shift
[ "$1" = -- ] && shift
case $verb in
  start) for unit; do case $unit in broken*) echo "$unit is broken"; exit 1;; esac; touch $units/$unit; done ;;
  stop) for unit; do rm -f $units/$unit; done ;;
  is-active) for unit; do [ -e $units/$unit ] && echo active || echo inactive; done ;;
  list-units) for unit in $units/*; do echo "\${unit##*/} loaded active running"; done ;;
esac
`

/** A directory that an agent of this machine takes for the root of a server. Tests run as root. */
export class LocalServer {
  readonly #agents: AgentClient[] = []

  private constructor(readonly root: string) {}

  static async create() {
    const server = new LocalServer(await mkdtemp(join(tmpdir(), 'server-')))
    for (const path of ['etc', 'var/lib', 'run', 'units', 'data/domain']) {
      await mkdir(join(server.root, path), { recursive: true, mode: 0o755 })
    }
    await writeFile(server.path('/systemctl'), systemctl.replaceAll('ROOT', server.root))
    await chmod(server.path('/systemctl'), 0o755)
    return server
  }

  get settings() {
    return { root: this.root, systemctl: this.path('/systemctl') }
  }

  get transport() {
    return new LocalTransport(this.root)
  }

  get access() {
    return new KeptAccess(this.transport, this.settings)
  }

  async agent() {
    const agent = await AgentClient.connect(this.transport, this.settings)
    this.#agents.push(agent)
    return agent
  }

  path(path: string) {
    return join(this.root, path)
  }

  read(path: string) {
    return readFile(this.path(path), 'utf8')
  }

  async remove() {
    for (const agent of this.#agents) agent.close()
    await rm(this.root, { recursive: true, force: true })
  }
}
