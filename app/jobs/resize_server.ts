import i18nManager from '@adonisjs/i18n/services/main'
import { ComputeError } from '#compute/errors'
import { computeOf, machineOf } from '#compute/index'
import type { Machine } from '#compute/machine'
import { waitForSsh } from '#compute/ssh_answer'
import { Refusal } from '#exceptions/refusals'
import { PermanentFailure, type Job } from '#jobs/job'
import { serverIdOf } from '#jobs/payloads'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import Order from '#models/order'
import { system } from '#models/order/author'
import Server from '#models/server'
import { planOf } from '#models/server/plan'
import { refuseTooLittleMemory } from '#orders/effects/memory'
import type { Resize } from '#orders/effects/resize'

const sshPatienceMs = 60_000

/**
 * OPT-01, OPT-02: another plan or a larger disk. The row follows when the machine has it; a machine that does not come
 * back gets what it had. What is there already is done again without harm, so the job may be cut off anywhere.
 */
export default class ResizeServer implements Job {
  static readonly kind = 'resize_server'

  async handle(run: TaskRun) {
    const order = await Order.findOrFail(orderIdOf(run))
    const server = await Server.findOrFail(serverIdOf(run))
    if (order.state !== 'working' || server.isEnded) return
    const { plan, addedDiskGb } = (run.payload ?? {}) as Resize
    try {
      if (plan !== undefined) await refuseTooLittleMemory(server, plan)
      await this.#resize(server, { plan, addedDiskGb }, run)
    } catch (error) {
      if (error instanceof Refusal) return this.#reject(order, error, run)
      if (run.signal.aborted || (!run.isLastAttempt && !isHopeless(error))) throw error
      await this.#putBack(server, order, error)
    }
    await order.finish(system)
    run.lastWords = say('server.resized')
  }

  /** OPT-01: before anything was changed. */
  async #reject(order: Order, { key, data }: Refusal, run: TaskRun) {
    const text = i18nManager.locale('ja').t(`messages.refusals.${key}`, data)
    await order.reject(text, system)
    run.lastWords = text
  }

  async #resize(server: Server, resize: Resize, run: TaskRun) {
    const machine = await machineOf(server)
    await run.progress(10, say('server.resize'))
    const needsRestart = resize.plan !== undefined
    const rest = { needsRestart, runs: server.state === 'running' }
    await give(withSize(machine, server, resize), rest, async () => {
      await run.progress(50, say('server.restart'))
      await waitForSsh(String(server.address), server.sshPort, sshPatienceMs, run.signal)
    })
  }

  /** The machine as its row says, so that the customer has what he pays for. */
  async #putBack(server: Server, order: Order, error: unknown): Promise<never> {
    const machine = await machineOf(server)
    const rest = { needsRestart: true, runs: server.state === 'running' }
    await give(machine, rest).catch(() => {})
    await order.stall(error instanceof Error ? error.message : String(error))
    throw new PermanentFailure(say('server.put_back'), { cause: error })
  }
}

interface Rest {
  readonly needsRestart: boolean
  /** One that its customer has stopped stays so (SRV-05). */
  readonly runs: boolean
}

/** Stopped, it takes any limit: a kernel gives a running machine no less memory than it uses. */
async function give(machine: Machine, { needsRestart, runs }: Rest, started?: () => Promise<void>) {
  const compute = computeOf(machine)
  if (needsRestart) await compute.stop()
  await compute.setLimits(machine.limits)
  if (!needsRestart || !runs) return
  await compute.start()
  await started?.()
}

function withSize(machine: Machine, server: Server, { plan, addedDiskGb = 0 }: Resize): Machine {
  const { cores, memoryGb, diskGb } = planOf(plan ?? server.plan)
  const wholeGb = diskGb + server.extraDiskGb + addedDiskGb
  return { ...machine, limits: { cores, memoryMb: memoryGb * 1024, diskMb: wholeGb * 1024 } }
}

function isHopeless(error: unknown) {
  return (
    error instanceof ComputeError && ['unsupported', 'refused', 'missing'].includes(error.fault)
  )
}

function orderIdOf(run: TaskRun): number {
  const { orderId } = (run.payload ?? {}) as { orderId?: unknown }
  if (Number.isInteger(orderId)) return Number(orderId)
  throw new PermanentFailure(say('failed'), { cause: `payload of ${run.kind} without orderId` })
}
