import db from '@adonisjs/lucid/services/db'
import { ComputeError } from '#compute/errors'
import { computeOf, machineOf } from '#compute/index'
import { waitForSilence, waitForSsh } from '#compute/ssh_answer'
import { PermanentFailure, type Job } from '#jobs/job'
import { serverIdOf } from '#jobs/payloads'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import Server from '#models/server'
import { powerActions, powerKind, type PowerAction } from '#models/server/power'

const sshPatienceMs = 60_000

/**
 * SRV-05: starts, stops or restarts one machine. What it finds done it leaves so; cut off anywhere it may be run again. A server that
 * was stopped does not come back with its node, nor by the nightly look.
 */
export default class PowerServer implements Job {
  static readonly kind = powerKind

  async handle(run: TaskRun) {
    const server = await Server.findOrFail(serverIdOf(run))
    if (server.isEnded) throw new PermanentFailure(say('power.ended'))
    try {
      await this.#switch(server, actionOf(run), run)
    } catch (error) {
      if (error instanceof ComputeError && error.fault === 'missing') {
        await server.merge({ machineStatus: 'missing' }).save()
        throw new PermanentFailure(say('power.missing'), { cause: error })
      }
      if (!run.isLastAttempt || run.signal.aborted) throw error
      throw new PermanentFailure(say(`power.failed_${server.state}`), { cause: error })
    }
  }

  async #switch(server: Server, action: PowerAction, run: TaskRun) {
    if (action !== 'start') await this.#stop(server, action, run)
    if (action === 'stop') {
      await server.merge({ state: 'stopped', machineStatus: 'stopped' }).save()
      run.lastWords = say('power.stopped')
      return
    }
    await this.#start(server, action, run)
    run.lastWords = say(`power.${action}ed`)
  }

  /** An adopted machine is only ever restarted, by itself. */
  async #stop(server: Server, action: PowerAction, run: TaskRun) {
    await run.progress(10, say(`power.${action}`))
    const compute = computeOf(await machineOf(server))
    if (!compute.can.limits) {
      await compute.restart()
      return waitForSilence(String(server.address), server.sshPort, sshPatienceMs, run.signal)
    }
    return action === 'stop' ? compute.retire() : compute.stop()
  }

  /** Before it runs again it is what it should be: limits, isolation, and that it comes back with its node. */
  async #start(server: Server, action: PowerAction, run: TaskRun) {
    await run.progress(40, say('power.start'))
    const compute = computeOf({ ...(await machineOf(server)), isSwitchedOff: false })
    if (compute.can.limits) {
      await compute.assertConfiguration()
      await compute.start()
    }
    await server.merge({ state: 'running', machineStatus: 'running' }).save()
    await run.progress(60, say('power.wait'))
    await waitForSsh(String(server.address), server.sshPort, patienceOf(server), run.signal)
    // What was changed while it was off waits for this
    const reason = `server_power.${action}`
    await db.transaction((client) => server.requestApply({ reason }, client))
  }
}

/** Hardware counts its memory first. */
function patienceOf({ kind }: Server) {
  return kind === 'physical' ? 5 * sshPatienceMs : sshPatienceMs
}

function actionOf({ payload, kind }: TaskRun): PowerAction {
  const { action } = (payload ?? {}) as { action?: unknown }
  const found = powerActions.find((each) => each === action)
  if (found) return found
  throw new PermanentFailure(say('failed'), { cause: `payload of ${kind} without action` })
}
