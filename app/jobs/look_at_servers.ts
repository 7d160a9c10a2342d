import db from '@adonisjs/lucid/services/db'
import type { MachineState } from '#compute/compute'
import { computeFor } from '#compute/index'
import { ComputeError } from '#compute/errors'
import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import Server from '#models/server'
import { switchingOf } from '#models/server/power'
import { sqlTime } from '#models/task/clock'

const atOnce = 8

/**
 * SRV-03: whether machines are there and run, and how much of their disk is used, for lists and for staff. A machine that was deleted
 * past the panel is found here; nothing is made anew by itself, because it would be empty.
 */
export default class LookAtServers implements Job {
  static readonly kind = 'look_at_servers'

  async handle(run: TaskRun) {
    const servers = await Server.query()
      .whereIn('state', ['running', 'stopped'])
      .preload('computeNode')
      .orderBy('id')
    const lane = async () => {
      for (let server = servers.shift(); server; server = servers.shift()) {
        run.signal.throwIfAborted()
        await this.#look(server, run)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, lane))
  }

  async #look(server: Server, run: TaskRun) {
    const found = await readState(server)
    const before = server.machineStatus
    // Somebody is switching it: what is found now means nothing
    if (found.status !== server.state && (await switchingOf(server))) return
    const { status, diskUsedBytes } = found
    const diskUsedMb = diskUsedBytes === null ? server.diskUsedMb : mebibytes(diskUsedBytes)
    // By its own statement: the model would write what it has read, and others write to the row meanwhile
    await db
      .from('servers')
      .where('id', server.id)
      .update({ machine_status: status, disk_used_mb: diskUsedMb, looked_at: sqlTime() })
    if (status !== before && status !== server.state)
      await run.log(`${server.name} is ${server.state}, its machine is ${status}`, 'warn')
  }
}

async function readState(server: Server): Promise<Pick<MachineState, 'status' | 'diskUsedBytes'>> {
  try {
    const compute = await computeFor(server)
    return await compute.state()
  } catch (error) {
    // One that speaks nonsense must not keep the others from being looked at
    if (!(error instanceof ComputeError)) throw error
    return { status: 'unreachable', diskUsedBytes: null }
  }
}

const mebibytes = (bytes: number) => Math.ceil(bytes / 2 ** 20)
