import type { AgentClient } from '#convergence/agent/client'
import {
  askApply,
  askConfirm,
  askPrune,
  askRevert,
  type ApplyAnswer,
  type ApplyFailure,
  type ApplyOrder,
} from '#convergence/agent/requests'
import type { Refusal } from '#convergence/engine/blame'
import type { Machinery } from '#convergence/engine/machinery'
import type { ManifestChanges, ManifestEntry } from '#convergence/engine/manifest'
import { afterwards, deferred, intentions } from '#convergence/engine/manifest_changes'
import { reprobesOf } from '#convergence/engine/plan'
import type { Step } from '#convergence/engine/run'
import { changeSteps, commandName, probeName } from '#convergence/engine/steps'
import type { View } from '#convergence/engine/view'
import { fromManifestForm } from '#convergence/resources/manifest_form'

/** Seconds that a server waits for the confirmation of a change that could cut the panel off. */
const holdSeconds = 90

/** A full or broken disk is nobody's fault, whichever file was the first to meet it. */
const shortages = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'ENOMEM'])

/** How one attempt to apply ended. */
export interface Landed {
  /** Why it was put back, or could not be begun. */
  readonly refusal?: Refusal
  readonly state: 'done' | 'rolled_back' | 'failed'
  readonly unchanged: boolean
  readonly manifest?: ManifestChanges
  readonly steps: readonly Step[]
  readonly ms: Readonly<Record<string, number>>
}

/** From a checked plan to a commit, or back to how it was. */
export class Application {
  roundTrips = 0
  readonly #ms: Record<string, number> = {}

  constructor(
    private readonly runId: number,
    private readonly view: View,
    private readonly agent: AgentClient,
    private readonly machinery: Machinery
  ) {}

  async run(tell: (phase: string) => void): Promise<Landed> {
    const manifest = afterwards(this.view)
    const gone = deferred(manifest)
    if (this.#isEmpty()) {
      await this.#removeForGood(manifest, gone)
      const unchanged = manifest.put.length === 0 && manifest.remove.length === 0
      return { state: 'done', unchanged, manifest, steps: [], ms: this.#ms }
    }
    const { created, changed } = intentions(this.view)
    await this.#timed('intend', () => this.machinery.records.intend(created, changed))
    const answer = await this.#confirmed(await this.#ask(tell))
    this.#addTimes(answer.ms)
    if (answer.state !== 'committed') {
      if (answer.notUndone === undefined) await this.machinery.records.takeBack(created, changed)
      return this.#putBack(answer)
    }
    await this.#removeForGood(manifest, gone)
    return { state: 'done', unchanged: false, manifest, steps: this.#steps('done'), ms: this.#ms }
  }

  #isEmpty() {
    const { operations, starts, stops } = this.view.plan
    return operations.length + starts.length + stops.length === 0
  }

  async #timed(phase: string, work: () => Promise<void>) {
    const began = performance.now()
    await work()
    this.#ms[phase] = Math.round((performance.now() - began) * 10) / 10
  }

  #ask(tell: (phase: string) => void): Promise<ApplyAnswer> {
    const { plan, entries } = this.view
    const applied = new Set(
      [...entries.values()].filter(({ hash }) => hash).map(({ scope }) => scope)
    )
    this.roundTrips++
    const order: ApplyOrder = {
      run: this.runId,
      operations: plan.operations,
      starts: plan.starts,
      stops: plan.stops,
      activations: plan.activations,
      probes: plan.probes,
      reprobes: reprobesOf(plan, (scope) => applied.has(scope)),
      hold: plan.guardsAccess ? holdSeconds : undefined,
      last: false,
    }
    return askApply(this.agent, order, ({ phase }) => tell(phase))
  }

  /** A change that could cut us off holds only when somebody new was let in after it. */
  async #confirmed(answer: ApplyAnswer): Promise<ApplyAnswer> {
    if (answer.state !== 'held') return answer
    this.roundTrips++
    try {
      await this.machinery.access.knock()
    } catch (error) {
      return askRevert(this.agent, `no new connection is let in: ${String(error)}`)
    }
    return askConfirm(this.agent)
  }

  #putBack(answer: ApplyAnswer): Landed {
    const refusal = this.#refusalOf(answer.failed!)
    const state = answer.state === 'unchanged' ? 'failed' : 'rolled_back'
    const steps = answer.state === 'unchanged' ? [] : this.#steps('undone')
    return {
      refusal,
      state,
      unchanged: true,
      steps: [...steps, ...this.#failures(answer)],
      ms: this.#ms,
    }
  }

  #refusalOf({ phase, message, index, path, code }: ApplyFailure): Refusal {
    const { activations, probes } = this.view.plan
    if (phase === 'activate' && index !== undefined && activations[index]) {
      const { service, scope } = activations[index]
      return { phase, name: commandName(activations[index]), service, scope, message }
    }
    if (phase === 'probe' && index !== undefined && probes[index]) {
      const { service, scope } = probes[index]
      return { phase, name: probeName(probes[index]), service, scope, message }
    }
    const scope = this.view.comparison.differences.find(
      ({ key, resource }) => key === path || ('path' in resource && resource.path === path)
    )?.scope
    const own = shortages.has(code ?? '') ? undefined : scope
    return { phase, name: path ?? phase, message, scope: own, code }
  }

  #failures({ failed, notUndone, notReactivated, stillWrong }: ApplyAnswer): Step[] {
    const refusal = this.#refusalOf(failed!)
    const { phase, name, service, scope, message } = refusal
    const others = [notUndone, ...notReactivated, ...stillWrong].filter((one) => one !== undefined)
    return [
      { phase, name, service, scope, state: 'failed', detail: message },
      ...others.map((detail): Step => ({
        phase: 'rollback',
        name: 'not as before',
        state: 'failed',
        detail,
      })),
    ]
  }

  #steps(state: 'done' | 'undone'): Step[] {
    const { comparison, plan } = this.view
    const steps: Step[] = [...changeSteps(comparison.differences, state)]
    if (state === 'undone') return steps
    for (const command of plan.activations) {
      const { service, scope } = command
      steps.push({ phase: 'activate', name: commandName(command), state, service, scope })
    }
    for (const probe of plan.probes) {
      const { service, scope } = probe
      steps.push({ phase: 'probe', name: probeName(probe), state, service, scope })
    }
    return steps
  }

  /**
   * Mailboxes' homes, databases and domains' volumes, after the commit. The rest of the manifest is stored first:
   * whatever happens now, the next apply knows what is still to go.
   */
  async #removeForGood(manifest: ManifestChanges, gone: readonly ManifestEntry[]) {
    if (gone.length === 0) return
    const now = {
      put: manifest.put,
      remove: manifest.remove.filter((entry) => !gone.includes(entry)),
    }
    await this.machinery.records.remember(now)
    const resources = gone.map((entry) => fromManifestForm(entry.resource).resource)
    const volumes = resources.flatMap((one) => (one.kind === 'volume' ? [one] : []))
    const trees = resources.flatMap((one) =>
      one.kind === 'directory' && !volumes.some(({ path }) => one.path.startsWith(`${path}/`))
        ? [[one.path, one.owner, one.group] as const]
        : []
    )
    const databases = resources.flatMap((one) => (one.kind === 'database' ? [one.name] : []))
    if (trees.length + databases.length > 0) await askPrune(this.agent, trees, [], databases)
    if (volumes.length === 0) return
    await this.machinery.volumes.removeVolumes(volumes.map(({ name }) => name))
    await askPrune(
      this.agent,
      [],
      volumes.map(({ path }) => path)
    )
  }

  #addTimes(ms: Readonly<Record<string, number>>) {
    for (const [phase, took] of Object.entries(ms)) this.#ms[phase] = took
  }
}
