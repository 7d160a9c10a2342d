import { AgentRefusal, type AgentClient } from '#convergence/agent/client'
import { askFacts } from '#convergence/agent/requests'
import type { DesiredServer } from '#convergence/desired_server'
import { Application, type Landed } from '#convergence/engine/application'
import { bisect, blameByWords, type Refusal } from '#convergence/engine/blame'
import { checkCandidate, type Checked } from '#convergence/engine/checking'
import type { ConvergeOptions } from '#convergence/engine/converge'
import { Quarantine, type LeftOut } from '#convergence/engine/left_out'
import type { Machinery } from '#convergence/engine/machinery'
import type { ManifestEntry, TouchedScopes } from '#convergence/engine/manifest'
import { isVolume } from '#convergence/engine/manifest_changes'
import { figuresOf, goneDomains, stateOf, Stopwatch } from '#convergence/engine/outcome'
import { render, withoutDomains, type Rendered } from '#convergence/engine/render'
import type { RunEnd, RunEndState, Step } from '#convergence/engine/run'
import { changeSteps, plannedSteps } from '#convergence/engine/steps'
import { look, observerOf, type View } from '#convergence/engine/view'
import { ensureVolumes } from '#convergence/engine/volumes'
import type { Resource } from '#convergence/resource'
import type { Service } from '#convergence/service'

/** So many domains may be left out one after the other before an apply is given up … */
const maxCulprits = 40
/** … and so many that only trying could find: it takes a while, and more than that have the same cause. */
const maxTried = 8

/**
 * One apply as a series of attempts: each time something refuses and one domain is to blame, that
 * domain is left out and everybody else's changes are tried again.
 */
export class Attempts {
  readonly #steps: Step[] = []
  readonly #watch = new Stopwatch()
  #server!: DesiredServer
  #manifest!: readonly ManifestEntry[]
  #quarantine = new Quarantine([])
  #agent!: AgentClient
  #view?: View
  #rendered?: { readonly server: DesiredServer; readonly resources: readonly Rendered[] }
  #roundTrips = 0
  #tried = 0
  #volumesTried = false
  #force = false

  constructor(
    private readonly runId: number,
    private readonly options: ConvergeOptions,
    private readonly machinery: Machinery,
    /** In order. */
    private readonly services: readonly Service[]
  ) {}

  async run(agent: AgentClient): Promise<RunEnd> {
    this.#agent = agent
    await this.#prepare()
    for (;;) {
      this.options.signal?.throwIfAborted()
      const view = await this.#look(this.#quarantine.leftOut())
      const { refusal, steps } = await this.#check(view)
      this.#steps.push(...steps)
      if (refusal) {
        if (await this.#leaveOutWhoeverIsToBlame(refusal, view)) continue
        return this.#refused('failed', view, refusal)
      }
      if (this.options.dryRun) return this.#planned(view)
      const landed = await this.#apply(view)
      if (!landed.refusal) return this.#landed(view, landed)
      const blamed = blameByWords(landed.refusal, view.comparison.differences)
      if (!this.#leaveOut(blamed, landed.refusal)) {
        return this.#refused(landed.state, view, landed.refusal)
      }
    }
  }

  /** Domains that are not wanted any more. */
  get gone(): readonly number[] {
    return goneDomains(this.options.scope, this.#manifest, this.#server.domains)
  }

  /** What is stored of a run that ended by an error. */
  broken(error: unknown): RunEnd {
    const message = error instanceof Error ? error.message : String(error)
    this.#steps.push({ phase: 'failure', name: codeOf(error), state: 'failed', detail: message })
    return this.#end(this.#view, 'failed', message)
  }

  async #prepare() {
    const { records, load } = this.machinery
    const { scope } = this.options
    if (scope === 'all') {
      const { phpVersions } = await askFacts(this.#agent)
      await records.learnPhpVersions(phpVersions)
    }
    this.#server = await this.#watch.time('load', async () =>
      withoutDomains(await load(scope), await this.#refusedOthers())
    )
    this.#manifest = await this.#watch.time('manifest', () => records.manifest(this.#scopes()))
    this.#quarantine = new Quarantine(this.#manifest)
    await this.#ensureChangedVolumes()
  }

  /** Domains that were refused when they were new keep away from others' applies until their own one lands. */
  async #refusedOthers(): Promise<ReadonlySet<number>> {
    const { scope } = this.options
    if (scope === 'all') return new Set()
    const refused = await this.machinery.records.neverApplied()
    return new Set([...refused].filter((id) => !scope.includes(id)))
  }

  #scopes(): TouchedScopes {
    const { scope } = this.options
    return scope === 'all' ? 'all' : ['server', ...scope.map((id) => `domain:${id}` as const)]
  }

  /**
   * Before anything else of a domain: its directories lie on it. Those that were made earlier are
   * looked at together with everything else, which costs less than asking the compute node.
   */
  async #ensureChangedVolumes() {
    const known = new Map(this.#manifest.map((entry) => [entry.key, entry.hash]))
    const wanted = await this.#watch.time('render', () => this.#render(this.#server))
    const changed = wanted.filter(isVolume).filter(({ key, hash }) => known.get(key) !== hash)
    await this.#ensureVolumes(changed.map(({ resource }) => resource))
  }

  async #ensureVolumes(resources: readonly Resource[]) {
    if (this.options.dryRun) return
    const { volumes } = this.machinery
    this.#steps.push(
      ...(await this.#watch.time('volumes', () => ensureVolumes(volumes, resources)))
    )
  }

  async #look(leftOut: LeftOut): Promise<View> {
    this.options.onProgress?.(10, 'compare')
    const run = { id: this.runId, dry: this.options.dryRun === true, force: this.#force }
    const looking = {
      services: this.services,
      server: this.#server,
      manifest: this.#manifest,
      everything: this.options.scope === 'all',
      volumesToo: !this.#volumesTried,
      render: (server: DesiredServer) => this.#render(server),
      observe: observerOf(this.#agent, run, (runs) => this.#recovered(runs)),
    }
    this.#roundTrips++
    try {
      this.#view = await this.#watch.time('compare', () => look(looking, leftOut))
      return await this.#withVolumes(this.#view, leftOut)
    } catch (error) {
      if (!(await this.#mayForce(error))) throw error
      this.#force = true
      return this.#look(leftOut)
    }
  }

  /** What was told as done may be gone with it; a narrow apply sees only its own part. */
  async #recovered(runs: readonly string[]) {
    if (this.options.scope === 'all') return
    await this.machinery.askForFullApply(`recovered from ${runs.join(', ')}`)
  }

  /** Volumes that somebody took away come back first, once, and then everything is looked at again. */
  async #withVolumes(view: View, leftOut: LeftOut): Promise<View> {
    const lost = view.comparison.differences.flatMap(({ action, resource }) =>
      action === 'create' && resource.kind === 'volume' ? [resource] : []
    )
    if (lost.length === 0 || this.options.dryRun || this.#volumesTried) return view
    this.#volumesTried = true
    await this.#ensureVolumes(lost)
    return this.#look(leftOut)
  }

  /** The same object, the same resources: rendering all of a large server takes a moment. */
  #render(server: DesiredServer) {
    if (this.#rendered?.server !== server) {
      this.#rendered = { server, resources: render(this.services, server) }
    }
    return this.#rendered.resources
  }

  /** The server saw a run with a higher number. Unless the database knows it too, its numbers began anew. */
  async #mayForce(error: unknown) {
    if (codeOf(error) !== 'E_OVERTAKEN' || this.#force) return false
    return !(await this.machinery.records.wasOvertaken(this.runId))
  }

  async #check(view: View): Promise<Checked> {
    if (view.plan.checks.length === 0) return { steps: [] }
    this.options.onProgress?.(30, 'check')
    this.#roundTrips++
    return this.#watch.time('check', () => checkCandidate(this.#agent, view))
  }

  async #leaveOutWhoeverIsToBlame(refusal: Refusal, view: View): Promise<boolean> {
    const blamed = blameByWords(refusal, view.comparison.differences)
    return this.#leaveOut(blamed ?? (await this.#bisect()), refusal)
  }

  /** Tries with ever fewer domains, to find the one with which the checker begins to refuse. */
  async #bisect() {
    if (this.#tried++ >= maxTried) return undefined
    const candidates = [...this.#server.details.keys()].filter((id) => !this.#quarantine.has(id))
    return bisect(candidates, async (some) => {
      const others = candidates.filter((id) => !some.includes(id))
      const { refusal } = await this.#check(await this.#look(this.#quarantine.leftOut(others)))
      return refusal !== undefined
    })
  }

  /** False when there is nobody to leave out. */
  #leaveOut(domainId: number | undefined, refusal: Refusal): boolean {
    const { culprits } = this.#quarantine
    if (domainId === undefined || this.#quarantine.has(domainId)) return false
    if (culprits.length >= maxCulprits) return false
    this.#quarantine.add(domainId, refusal)
    this.#steps.push({
      phase: 'quarantine',
      name: `domain ${domainId} is left as it was`,
      state: 'failed',
      service: refusal.service,
      scope: `domain:${domainId}`,
      detail: `${refusal.phase}: ${refusal.name}\n${refusal.message}`,
    })
    return true
  }

  async #apply(view: View): Promise<Landed> {
    const application = new Application(this.runId, view, this.#agent, this.machinery)
    const landed = await application.run((phase) => this.options.onProgress?.(60, phase))
    this.#roundTrips += application.roundTrips
    this.#watch.add(landed.ms)
    this.#steps.push(...landed.steps)
    return landed
  }

  #landed(view: View, landed: Landed): RunEnd {
    this.options.onProgress?.(100, 'done')
    const nothing = view.comparison.differences.length === 0 && landed.unchanged
    return { ...this.#end(view, this.#stateWhen(nothing)), manifest: landed.manifest }
  }

  #planned(view: View): RunEnd {
    this.#steps.push(...changeSteps(view.comparison.differences, 'planned'))
    this.#steps.push(...plannedSteps(view.plan))
    return this.#end(view, this.#stateWhen(view.comparison.differences.length === 0))
  }

  #stateWhen(nothingToDo: boolean): RunEndState {
    return stateOf(nothingToDo, this.#quarantine.culprits, this.options.scope)
  }

  #refused(state: RunEndState, view: View, refusal: Refusal): RunEnd {
    const { phase, name, message, code } = refusal
    return { ...this.#end(view, state, `${phase}: ${name}: ${message}`), code }
  }

  #end(view: View | undefined, state: RunEndState, message?: string): RunEnd {
    const { culprits } = this.#quarantine
    const good = state === 'done' || state === 'unchanged' || state === 'partial'
    const applied = good && view ? [...view.server.details.keys()] : []
    return {
      state,
      dryRun: this.options.dryRun === true,
      message: message ?? culprits[0]?.refusal.message,
      steps: this.#steps,
      figures: figuresOf(view, this.#roundTrips, this.#watch.ms),
      applied: applied.filter((id) => !this.#quarantine.has(id)),
      culprits: culprits.map((one) => ({ ...one, message: this.machinery.say(one.refusal) })),
    }
  }
}

function codeOf(error: unknown): string {
  if (error instanceof AgentRefusal) return error.code
  return error instanceof Error && 'code' in error ? String(error.code) : 'error'
}
