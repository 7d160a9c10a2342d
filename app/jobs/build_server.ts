import db from '@adonisjs/lucid/services/db'
import { takeAddress } from '#compute/address_pool'
import { ComputeError } from '#compute/errors'
import { computeFor } from '#compute/index'
import { waitForSsh } from '#compute/ssh_answer'
import { convergeServer } from '#jobs/converge_server'
import { PermanentFailure, type Job } from '#jobs/job'
import { serverIdOf } from '#jobs/payloads'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import Order from '#models/order'
import { system } from '#models/order/author'
import Server from '#models/server'
import { isUnfinished, requestClearing } from '#models/server/unfinished'
import { refreshDnsOf } from '#models/zone/of_domain'

const sshPatienceMs = 60_000

/**
 * SRV-01: from a server's row to a machine that answers. Each step does nothing where an earlier try
 * got that far, so the job may be cut off anywhere.
 */
export default class BuildServer implements Job {
  static readonly kind = 'build_server'

  async handle(run: TaskRun) {
    const server = await Server.findOrFail(serverIdOf(run))
    try {
      await this.build(server, run)
    } catch (error) {
      const final = finalFailure(error)
      if (final || run.isLastAttempt) await this.#fail(server, run, error)
      throw final ?? error
    }
  }

  async build(server: Server, run: TaskRun) {
    await run.progress(5, say('server.address'))
    await db.transaction((client) => takeAddress(server.id, client))
    await server.refresh()
    await db.transaction((client) => refreshDnsOf(server, client))
    await this.#boot(server, run)
    await run.progress(75, say('server.converge'))
    await this.#converge(server, run)
    await server.merge({ state: 'running', machineStatus: 'running' }).save()
    const order = await orderOf(run)
    // What staff does is done when staff say so, on the day that was agreed on
    if (order?.state === 'working' && order.rules.work === 'machine') await order.finish(system)
    await run.progress(100, say('server.ready'))
  }

  /** ORD-02: whoever ordered it waits until staff has looked. */
  async #fail(server: Server, run: TaskRun, error: unknown) {
    await server.merge({ state: 'failed' }).save()
    if (await isUnfinished(server)) await requestClearing(server)
    const order = await orderOf(run)
    if (order?.isOpen) await order.stall(error instanceof Error ? error.message : String(error))
  }

  /** Here and not as a task of its own: a server that is called running serves. */
  async #converge(server: Server, run: TaskRun) {
    const options = {
      scope: 'all',
      reason: BuildServer.kind,
      taskId: run.id,
      signal: run.signal,
    } as const
    const { state, message } = await convergeServer(server, options)
    if (state === 'failed' || state === 'rolled_back') throw new Error(message ?? state)
  }

  async #boot(server: Server, run: TaskRun) {
    const compute = await computeFor(server)
    await run.progress(10, say('server.create'))
    // What a daemon that died left half made may never start: nothing is on it yet
    if (run.attempt >= 3 && !server.hostKey) await compute.delete()
    await compute.create()
    await run.progress(55, say('server.start'))
    await compute.start()
    await run.progress(65, say('server.wait'))
    await waitForSsh(String(server.address), server.sshPort, sshPatienceMs, run.signal)
    // A key that was pinned once is never replaced by what a machine shows later.
    if (!server.hostKey) await server.merge({ hostKey: await compute.hostKey() }).save()
  }
}

/** Null for servers that nobody ordered, such as the demo's. */
async function orderOf({ payload }: TaskRun): Promise<Order | null> {
  const { orderId } = (payload ?? {}) as { orderId?: unknown }
  return Number.isInteger(orderId) ? Order.find(Number(orderId)) : null
}

/** What another try would not change. A daemon that refuses today may have a full disk or be restarting. */
function finalFailure(error: unknown): PermanentFailure | null {
  if (!(error instanceof ComputeError)) return null
  if (error.fault === 'exhausted') {
    return new PermanentFailure(say('server.no_address'), { cause: error })
  }
  return error.fault === 'unsupported'
    ? new PermanentFailure(say('server.refused'), { cause: error })
    : null
}
