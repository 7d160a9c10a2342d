import app from '@adonisjs/core/services/app'
import i18nManager from '@adonisjs/i18n/services/main'
import db from '@adonisjs/lucid/services/db'
import { AgentRefusal } from '#convergence/agent/client'
import type { DesiredServer } from '#convergence/desired_server'
import { loadDesiredServer } from '#convergence/desired/load_desired_server'
import type { Refusal } from '#convergence/engine/blame'
import { converge, type ConvergeOptions } from '#convergence/engine/converge'
import type { Machinery, Volumes } from '#convergence/engine/machinery'
import { Records } from '#convergence/engine/records'
import type { ConvergeResult } from '#convergence/engine/run'
import { services } from '#convergence/services/index'
import { closeConnections, KeptAccess } from '#convergence/transports/connections'
import { SshTransport } from '#convergence/transports/ssh'
import { Unreachable } from '#convergence/transports/transport'
import { computeFor } from '#compute/index'
import { panelKey } from '#compute/panel_key'
import { PassedOver, PermanentFailure, type Job } from '#jobs/job'
import { serverIdOf } from '#jobs/payloads'
import type { TaskRun } from '#jobs/task_run'
import Domain from '#models/domain'
import Server from '#models/server'
import type { StagingFailure } from '#models/staging_change/kinds'
import { changesLanded, giveUpChanges } from '#models/staging_change/outcomes'

// Hooks run last first, so workers have stopped by then.
app.terminating(() => closeConnections())

/** Makes a server what the database says, as far as the change that asked for it goes. */
export default class ConvergeServer implements Job {
  static readonly kind = 'converge_server'

  async handle(run: TaskRun) {
    const { reason, domainIds } = run.payload as { reason?: string; domainIds?: unknown }
    const server = await Server.findOrFail(serverIdOf(run))
    // Its machine is switched off; what its rows say is no longer anybody's wish
    if (server.isEnded) return
    // SRV-05: its start asks for everything anew
    if (server.state === 'stopped') throw new PassedOver(say('switched_off'))
    const teller = new ProgressTeller(run)
    teller.tell(5, 'start')
    const options: ConvergeOptions = {
      scope: scopeOf(domainIds),
      reason: reason ?? ConvergeServer.kind,
      taskId: run.id,
      signal: run.signal,
      onProgress: (percent, phase) => teller.tell(percent, phase),
    }
    try {
      await this.#conclude(await convergeServer(server, options), run)
    } catch (error) {
      await run.log(error instanceof Error ? error.message : String(error), 'error')
      const told = run.isLastAttempt && wordsFor(error)
      if (run.isLastAttempt || error instanceof PermanentFailure) {
        await giveUpChanges(run.id, failureOf(error))
      }
      throw told ? new PermanentFailure(told, { cause: error }) : error
    } finally {
      teller.end()
    }
  }

  async #conclude(result: ConvergeResult, run: TaskRun) {
    const { state, message, code, culprits } = result
    if (state === 'done' || state === 'unchanged' || state === 'partial') {
      run.lastWords = culprits[0]?.message ?? say('phase.done')
      return
    }
    if (isNoSpace(code)) throw new AgentRefusal(code, message ?? code, {})
    const told = culprits[0]?.message ?? say(state)
    // What one domain's content is to blame for stays so; what the whole server refused may have been a moment's.
    if (culprits.length > 0 || run.attempt >= 3) {
      throw new PermanentFailure(told, { cause: message })
    }
    throw new Error(message ?? state)
  }
}

/** One apply of a server with everything it needs; domains that are gone for good lose their rows. */
export async function convergeServer(
  server: Server,
  options: ConvergeOptions
): Promise<ConvergeResult> {
  const machinery = await machineryOf(server)
  let wanted: DesiredServer | undefined
  const load: Machinery['load'] = async (scope) => (wanted = await machinery.load(scope))
  const result = await converge(options, { ...machinery, load })
  if (wanted && !options.dryRun) await changesLanded(exchangesDone(wanted, result))
  if (result.gone.length > 0 && !options.dryRun) {
    await db.transaction((client) => Domain.forget(result.gone, client))
  }
  return result
}

/** WEB-02: orders of domains that are now as wanted. */
function exchangesDone({ details }: DesiredServer, { state, culprits }: ConvergeResult): number[] {
  if (state === 'failed' || state === 'rolled_back') return []
  const refused = new Set(culprits.map(({ domainId }) => domainId))
  return [...details.values()].flatMap(({ id, exchange }) =>
    exchange && !refused.has(id) ? [exchange.serial] : []
  )
}

export async function machineryOf(server: Server): Promise<Machinery> {
  if (!server.address || !server.hostKey) {
    throw new Unreachable(`${server.name} has no address or no pinned host key yet`)
  }
  const { privateKey } = await panelKey()
  const { address, sshPort: port, hostKey } = server
  return {
    services,
    access: new KeptAccess(new SshTransport({ address, port, hostKey, privateKey })),
    volumes: volumesOf(server),
    records: new Records(server.id),
    load: (domainIds) => loadDesiredServer(server.id, domainIds),
    askForFullApply: async (reason) => {
      await db.transaction((client) => server.requestApply({ reason }, client))
    },
    say: sayRefusal,
  }
}

/** Most applies need nothing of the compute node, and so not its row either. */
function volumesOf(server: Server): Volumes {
  return {
    ensureVolumes: (volumes) => computeFor(server).then((node) => node.ensureVolumes(volumes)),
    removeVolumes: (names) => computeFor(server).then((node) => node.removeVolumes(names)),
  }
}

/** Shorter than this nobody reads a phase's name. */
const readableMs = 120

/**
 * Progress is worth a write only when the words change and somebody can read them: most applies are
 * over before, and a write for each phase would take longer than the phases.
 */
class ProgressTeller {
  #latest?: { readonly percent: number; readonly phase: string }
  #told = ''
  #timer?: NodeJS.Timeout

  constructor(private readonly run: TaskRun) {}

  tell(percent: number, phase: string) {
    if (phase === 'done') return
    this.#latest = { percent, phase }
    this.#timer ??= setTimeout(() => this.#write(), readableMs)
  }

  end() {
    clearTimeout(this.#timer)
  }

  #write() {
    this.#timer = undefined
    const { percent, phase } = this.#latest!
    const words = say(`phase.${phase}`)
    if (words === this.#told) return
    this.#told = words
    // A lost lease is noticed at the end of the job as well.
    this.run.progress(percent, words).catch(() => {})
  }
}

/** What the person who waits can know of the reason. */
function wordsFor(error: unknown): string | undefined {
  if (error instanceof Unreachable) return say('unreachable')
  if (error instanceof AgentRefusal && isNoSpace(error.code)) return say('no_space')
  return undefined
}

function failureOf(error: unknown): StagingFailure {
  if (error instanceof Unreachable) return 'unreachable'
  return error instanceof AgentRefusal && isNoSpace(error.code) ? 'no_room' : 'refused'
}

/** Full, whether of the file system itself or of the share of it that the machine may have. */
function isNoSpace(code: string | undefined): code is string {
  return code === 'ENOSPC' || code === 'EDQUOT'
}

function scopeOf(domainIds: unknown): 'all' | readonly number[] {
  return Array.isArray(domainIds) ? domainIds.map(Number).filter(Number.isInteger) : 'all'
}

function sayRefusal({ phase }: Refusal): string {
  return say(`refused.${['activate', 'probe'].includes(phase) ? phase : 'check'}`)
}

function say(key: string): string {
  return i18nManager.locale('ja').t(`convergence.${key}`)
}
