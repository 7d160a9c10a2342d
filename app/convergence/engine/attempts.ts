import { AgentRefusal, type AgentClient } from '#convergence/agent/client'
import { askCheck, askFacts } from '#convergence/agent/requests'
import type { DesiredServer } from '#convergence/desired_server'
import { bisect, blameByWords, type Culprit, type Refusal } from '#convergence/engine/blame'
import { Application, type Landed } from '#convergence/engine/application'
import { codeOf, type ConvergeOptions } from '#convergence/engine/converge'
import type { Machinery } from '#convergence/engine/machinery'
import type { ManifestEntry, TouchedScopes } from '#convergence/engine/manifest'
import { isVolume } from '#convergence/engine/manifest_changes'
import { domainIdOf, render, withoutDomains, type Rendered } from '#convergence/engine/render'
import type { Figures, RunEnd, RunEndState, Step } from '#convergence/engine/run'
import { changeSteps, commandName } from '#convergence/engine/steps'
import { look, observerOf, type LeftOut, type View } from '#convergence/engine/view'
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
  readonly #culprits: Culprit[] = []
  readonly #ms: Record<string, number> = {}
  readonly #strangers = new Set<number>()
  readonly #frozen = new Set<number>()
  #server!: DesiredServer
  #manifest!: readonly ManifestEntry[]
  #agent!: AgentClient
  #view?: View
  #rendered?: { readonly server: DesiredServer; readonly resources: readonly Rendered[] }
  #roundTrips = 0
  #tried = 0
  #volumesTried = false
  #force = false
  gone: readonly number[] = []
  code?: string

  constructor(
    private readonly runId: number,
    private readonly options: ConvergeOptions,
    private readonly machinery: Machinery,
    private readonly services: readonly Service[]
  ) {}

  async run(agent: AgentClient): Promise<RunEnd> {
    this.#agent = agent
    await this.#prepare()
    for (;;) {
      this.options.signal?.throwIfAborted()
      const view = await this.#look()
      const refusal = await this.#check(view)
      if (refusal) {
        if (await this.#leaveOut(refusal, view)) continue
        return this.#end('failed', view, refusal)
      }
      if (this.options.dryRun) return this.#planned(view)
      const landed = await this.#apply(view)
      if (!landed.refusal) return this.#landed(view, landed)
      const blamed = blameByWords(landed.refusal, view.comparison.differences)
      if (blamed !== undefined && this.#culprits.length < maxCulprits) {
        this.#quarantine(blamed, landed.refusal)
        continue
      }
      return this.#end(landed.state, view, landed.refusal)
    }
  }

  /** What is stored of a run that ended by an error. */
  broken(error: unknown): RunEnd {
    this.code = codeOf(error)
    const message = error instanceof Error ? error.message : String(error)
    const step: Step = {
      phase: 'failure',
      name: this.code ?? 'error',
      state: 'failed',
      detail: message,
    }
    return { ...this.#rest(this.#view, 'failed', message), steps: [...this.#steps, step] }
  }

  async #prepare() {
    const { records, load } = this.machinery
    const { scope } = this.options
    if (scope === 'all') await records.learnPhpVersions((await askFacts(this.#agent)).phpVersions)
    this.#server = await this.#timed('load', async () =>
      withoutDomains(await load(scope), await this.#refusedOthers())
    )
    this.#manifest = await this.#timed('manifest', () => records.manifest(this.#scopes()))
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
    const wanted = await this.#timed('render', async () => this.#render(this.#server))
    const changed = wanted.filter(isVolume).filter(({ key, hash }) => known.get(key) !== hash)
    await this.#timed('volumes', () => this.#ensureVolumes(changed.map(({ resource }) => resource)))
  }

  async #ensureVolumes(resources: readonly Resource[]) {
    const volumes = resources.flatMap((one) => (one.kind === 'volume' ? [one] : []))
    if (this.options.dryRun || volumes.length === 0) return
    const done = await this.machinery.volumes.ensureVolumes(volumes)
    for (const [what, names] of Object.entries(done) as [string, readonly string[]][]) {
      for (const name of names) {
        this.#steps.push({ phase: 'volumes', name: `${what} ${name}`, state: 'done' })
      }
    }
  }

  async #look(
    leftOut: LeftOut = { strangers: this.#strangers, frozen: this.#frozen }
  ): Promise<View> {
    this.options.onProgress?.(10, 'compare')
    const run = { id: this.runId, dry: this.options.dryRun === true, force: this.#force }
    const looking = {
      services: this.services,
      server: this.#server,
      manifest: this.#manifest,
      everything: this.options.scope === 'all',
      volumesToo: !this.#volumesTried,
      render: (server: DesiredServer) => this.#render(server),
      observe: observerOf(this.#agent, run),
    }
    this.#roundTrips++
    try {
      this.#view = await this.#timed('compare', () => look(looking, leftOut))
      return await this.#withVolumes(this.#view, leftOut)
    } catch (error) {
      if (!(await this.#mayForce(error))) throw error
      this.#force = true
      return this.#look(leftOut)
    }
  }

  /** Volumes that somebody took away come back first, once, and then everything is looked at again. */
  async #withVolumes(view: View, leftOut: LeftOut): Promise<View> {
    const lost = view.comparison.differences.flatMap(({ action, resource }) =>
      action === 'create' && resource.kind === 'volume' ? [resource] : []
    )
    if (lost.length === 0 || this.options.dryRun || this.#volumesTried) return view
    this.#volumesTried = true
    await this.#timed('volumes', () => this.#ensureVolumes(lost))
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
    if (!(error instanceof AgentRefusal) || error.code !== 'E_OVERTAKEN' || this.#force)
      return false
    return !(await this.machinery.records.wasOvertaken(this.runId))
  }

  async #check(view: View, remember = true): Promise<Refusal | undefined> {
    const { checks, operations } = view.plan
    if (checks.length === 0) return undefined
    this.options.onProgress?.(30, 'check')
    this.#roundTrips++
    const results = await this.#timed('check', () => askCheck(this.#agent, operations, checks))
    const failed = results.findIndex(({ status }) => status !== 0)
    if (remember) {
      for (const [index, { status, output, ms }] of results.entries()) {
        const { service, scope } = checks[index]
        const state = status === 0 ? 'done' : 'failed'
        const name = commandName(checks[index])
        const detail = status === 0 ? undefined : output
        this.#steps.push({ phase: 'check', name, state, service, scope, detail, durationMs: ms })
      }
    }
    if (failed < 0) return undefined
    const { service, scope } = checks[failed]
    const { output, status } = results[failed]
    const message = output || `status ${status}`
    return { phase: 'check', name: commandName(checks[failed]), service, scope, message }
  }

  /** Whether a domain was found that is to blame for a checker's refusal. */
  async #leaveOut(refusal: Refusal, view: View): Promise<boolean> {
    if (this.#culprits.length >= maxCulprits) return false
    const id = blameByWords(refusal, view.comparison.differences) ?? (await this.#bisect())
    if (id === undefined || this.#culprits.some(({ domainId }) => domainId === id)) return false
    this.#quarantine(id, refusal)
    return true
  }

  /** Tries with ever fewer domains, to find the one with which the checker begins to refuse. */
  async #bisect() {
    if (this.#tried++ >= maxTried) return undefined
    const candidates = [...this.#server.details.keys()].filter(
      (id) => !this.#strangers.has(id) && !this.#frozen.has(id)
    )
    return bisect(candidates, async (some) => {
      const others = candidates.filter((id) => !some.includes(id))
      const leftOut = { strangers: new Set(this.#strangers), frozen: new Set(this.#frozen) }
      for (const id of others) this.#leaveOutOf(leftOut, id)
      return (await this.#check(await this.#look(leftOut), false)) !== undefined
    })
  }

  #quarantine(domainId: number, refusal: Refusal) {
    this.#culprits.push({ domainId, refusal })
    this.#leaveOutOf({ strangers: this.#strangers, frozen: this.#frozen }, domainId)
    this.#steps.push({
      phase: 'quarantine',
      name: `domain ${domainId} is left as it was`,
      state: 'failed',
      service: refusal.service,
      scope: `domain:${domainId}`,
      detail: `${refusal.phase}: ${refusal.name}\n${refusal.message}`,
    })
  }

  #leaveOutOf(leftOut: { strangers: Set<number>; frozen: Set<number> }, id: number) {
    const applied = this.#manifest.some(
      ({ scope, hash }) => hash !== '' && domainIdOf(scope) === id
    )
    if (applied) leftOut.frozen.add(id)
    else leftOut.strangers.add(id)
  }

  async #apply(view: View): Promise<Landed> {
    const application = new Application(this.runId, view, this.#agent, this.machinery)
    const landed = await application.run((phase) => this.options.onProgress?.(60, phase))
    this.#roundTrips += application.roundTrips
    for (const [phase, ms] of Object.entries(landed.ms)) {
      this.#ms[phase] = (this.#ms[phase] ?? 0) + ms
    }
    this.#steps.push(...landed.steps)
    return landed
  }

  #landed(view: View, landed: Landed): RunEnd {
    this.options.onProgress?.(100, 'done')
    this.gone = this.#goneDomains()
    const nothing = view.comparison.differences.length === 0 && landed.unchanged
    return { ...this.#rest(view, this.#stateOf(nothing)), manifest: landed.manifest }
  }

  /** With everybody left out that the apply was about, it has failed, whatever else was put right. */
  #stateOf(nothing: boolean): RunEndState {
    if (this.#culprits.length === 0) return nothing ? 'unchanged' : 'done'
    const { scope } = this.options
    const left = new Set(this.#culprits.map(({ domainId }) => domainId))
    if (scope === 'all' || scope.some((id) => !left.has(id))) return 'partial'
    return this.#culprits.some(({ refusal }) => refusal.phase !== 'check')
      ? 'rolled_back'
      : 'failed'
  }

  #goneDomains(): readonly number[] {
    const present = new Set(this.#server.domains.map(({ id }) => id))
    const { scope } = this.options
    const asked = scope === 'all' ? [] : scope
    const known = this.#manifest.flatMap((entry) => domainIdOf(entry.scope) ?? [])
    return [...new Set([...asked, ...known])].filter((id) => !present.has(id))
  }

  #planned(view: View): RunEnd {
    const nothing = view.comparison.differences.length === 0
    this.#steps.push(...changeSteps(view.comparison.differences, 'planned'))
    for (const command of view.plan.activations) {
      const { service, scope } = command
      this.#steps.push({
        phase: 'activate',
        name: commandName(command),
        state: 'planned',
        service,
        scope,
      })
    }
    return this.#rest(view, this.#stateOf(nothing))
  }

  #end(state: RunEndState, view: View, refusal: Refusal): RunEnd {
    const message = `${refusal.phase}: ${refusal.name}: ${refusal.message}`
    return this.#rest(view, state, message)
  }

  #rest(view: View | undefined, state: RunEndState, message?: string): RunEnd {
    const good = state === 'done' || state === 'unchanged' || state === 'partial'
    const left = new Set(this.#culprits.map(({ domainId }) => domainId))
    const touched = view ? [...view.server.details.keys()] : []
    const told = this.#culprits.map((one) => ({ ...one, message: this.machinery.say(one.refusal) }))
    return {
      state,
      dryRun: this.options.dryRun === true,
      message:
        message ?? told.map(({ domainId, refusal }) => `domain ${domainId}: ${refusal.message}`)[0],
      steps: this.#steps,
      figures: this.#figures(view),
      applied: good ? touched.filter((id) => !left.has(id)) : [],
      culprits: told,
    }
  }

  #figures(view: View | undefined): Figures {
    return {
      wanted: view?.comparison.wanted ?? 0,
      observed: view?.comparison.observed ?? 0,
      different: view?.comparison.differences.length ?? 0,
      files: view?.plan.operations.length ?? 0,
      activations: view?.plan.activations.length ?? 0,
      roundTrips: this.#roundTrips,
      ms: this.#ms,
    }
  }

  async #timed<T>(phase: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now()
    try {
      return await work()
    } finally {
      const ms = Math.round((performance.now() - began) * 10) / 10
      this.#ms[phase] = (this.#ms[phase] ?? 0) + ms
    }
  }
}
