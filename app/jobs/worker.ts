import logger from '@adonisjs/core/services/logger'
import { setTimeout as wait } from 'node:timers/promises'
import { PassedOver, PermanentFailure, type JobClass } from '#jobs/job'
import { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import Schedule from '#models/schedule'
import { onQueued } from '#models/task/announcements'
import { claimDue, type ClaimedTask } from '#models/task/claim'
import { Lease, LeaseLost } from '#models/task/lease'
import { rescueOrphans } from '#models/task/orphans'
import { newWorkerId } from '#models/task/worker_id'

export interface WorkerOptions {
  readonly jobs: readonly JobClass[]
  /** Tasks at the same time. */
  readonly concurrency?: number
  /** How many of these may take long: changes of others never wait for a customer's large file. */
  readonly longTasks?: number
  /** How often to look for what other processes queued. */
  readonly pollMs?: number
  /** How often to look for orphans and due schedules. */
  readonly sweepMs?: number
  /** How long a task stays ours without a sign of life. */
  readonly leaseMs?: number
  /** Milliseconds before the next try, after so many. */
  readonly backoff?: (attempts: number) => number
}

interface Running {
  readonly kind: string
  readonly controller: AbortController
  readonly lease: Lease
  readonly work: Promise<void>
}

/** 2 s, 4 s, 8 s … 10 min, give or take a fifth so that what failed together doesn't come back together. */
export function exponentialBackoff(attempts: number): number {
  return Math.min(2 ** attempts, 600) * 1000 * (0.8 + Math.random() * 0.4)
}

/** Claims tasks and runs them. Any number of these, in any number of processes, share one table. */
export class Worker {
  readonly id = newWorkerId()
  readonly #jobs: ReadonlyMap<string, JobClass>
  readonly #options: Required<Omit<WorkerOptions, 'jobs'>>
  readonly #running = new Map<number, Running>()
  #timers: NodeJS.Timeout[] = []
  #stopListening?: () => void
  #filling?: Promise<void>
  #again = false
  #stopping = false

  constructor({ jobs, ...options }: WorkerOptions) {
    this.#jobs = new Map(jobs.map((job) => [job.kind, job]))
    const defaults = {
      concurrency: 8,
      longTasks: 4,
      pollMs: 500,
      sweepMs: 2000,
      leaseMs: 30_000,
      backoff: exponentialBackoff,
    }
    this.#options = { ...defaults, ...options }
  }

  start() {
    this.#stopListening = onQueued(() => this.#fill())
    this.#timers = [
      setInterval(() => this.#fill(), this.#options.pollMs),
      setInterval(() => this.#sweep(), this.#options.sweepMs),
      setInterval(() => this.#renew(), this.#options.leaseMs / 3),
    ]
    this.#sweep()
    this.#fill()
  }

  /**
   * Claims nothing more, gives running tasks `graceMs` to end, then asks them to stop and gives
   * those that do back to the queue. The database must stay open until this resolves.
   */
  async stop(graceMs = 20_000, abortMs = 5_000) {
    this.#stopping = true
    this.#stopListening?.()
    await this.#filling
    if (!(await this.#idle(graceMs))) {
      for (const { controller } of this.#running.values())
        controller.abort(new Error('the worker stops'))
      await this.#idle(abortMs)
    }
    for (const timer of this.#timers) clearInterval(timer)
  }

  /** Runs what is due, and what that queues, until nothing is left. For commands and tests; not together with `start`. */
  async runUntilIdle() {
    for (;;) {
      await this.#fill()
      if (this.#running.size === 0) return
      await Promise.race([...this.#running.values()].map(({ work }) => work))
    }
  }

  async #idle(withinMs: number): Promise<boolean> {
    const all = Promise.all([...this.#running.values()].map(({ work }) => work)).then(() => true)
    const bound = new AbortController()
    const late = wait(withinMs, false, { signal: bound.signal }).catch(() => false)
    return Promise.race([all, late]).finally(() => bound.abort())
  }

  /** At most one claim at a time per worker; whoever asks meanwhile is served by another round. */
  #fill(): Promise<void> {
    this.#again = true
    this.#filling ??= this.#claimAll()
    return this.#filling
  }

  async #claimAll() {
    // Not before `#filling` is set: a worker with full hands has no other reason to wait below.
    await Promise.resolve()
    try {
      while (this.#again && !this.#stopping) {
        this.#again = false
        while (this.#freeHands > 0 && !this.#stopping) {
          const short = await this.#claim(false, this.#freeHands)
          const long = await this.#claim(true, Math.min(this.#freeHands, this.#freeForLong))
          if (short + long === 0) break
        }
      }
    } catch (error) {
      logger.error({ err: error }, 'tasks could not be claimed')
    } finally {
      this.#filling = undefined
    }
  }

  /** Answers how many. */
  async #claim(takesLong: boolean, atMost: number): Promise<number> {
    const kinds = [...this.#jobs.keys()].filter((kind) => this.#takesLong(kind) === takesLong)
    if (atMost <= 0 || kinds.length === 0) return 0
    const { leaseMs } = this.#options
    const tasks = await claimDue({ workerId: this.id, kinds, leaseMs }, atMost)
    tasks.forEach((task) => this.#launch(task))
    return tasks.length
  }

  #takesLong(kind: string) {
    return this.#jobs.get(kind)?.takesLong === true
  }

  get #freeHands() {
    return this.#options.concurrency - this.#running.size
  }

  get #freeForLong() {
    const long = [...this.#running.values()].filter(({ kind }) => this.#takesLong(kind))
    return this.#options.longTasks - long.length
  }

  #launch(task: ClaimedTask) {
    const controller = new AbortController()
    const lease = new Lease(task, this.id, this.#options.leaseMs)
    const work = this.#run(task, lease, controller.signal).finally(() => {
      this.#running.delete(task.id)
      if (!this.#stopping) void this.#fill()
    })
    this.#running.set(task.id, { kind: task.kind, controller, lease, work })
  }

  async #run(task: ClaimedTask, lease: Lease, signal: AbortSignal) {
    try {
      const Job = this.#jobs.get(task.kind)!
      const run = new TaskRun(task, lease, signal)
      await new Job().handle(run)
      await lease.complete(run.lastWords)
    } catch (error) {
      await this.#settle(task, lease, signal, error).catch((again: unknown) => {
        if (!(again instanceof LeaseLost))
          logger.error({ err: again, task: task.id }, 'end of a task not stored')
      })
    }
  }

  async #settle(task: ClaimedTask, lease: Lease, signal: AbortSignal, error: unknown) {
    if (error instanceof LeaseLost) return logger.warn({ task: task.id }, error.message)
    if (signal.aborted && this.#stopping) return lease.giveBack()
    if (error instanceof PassedOver) return lease.passOver(error.message)
    logger.error(
      { err: error, task: task.id, kind: task.kind, attempt: task.attempts },
      'task failed'
    )
    await lease.log('error', detail(error))
    if (error instanceof PermanentFailure) return lease.fail(error.message, detail(error))
    if (task.attempts >= task.maxAttempts) return lease.fail(say('failed'), detail(error))
    return lease.retryIn(this.#options.backoff(task.attempts), say('again'), detail(error))
  }

  async #renew() {
    for (const { controller, lease } of this.#running.values()) {
      await lease.renew().catch((error: unknown) => {
        if (error instanceof LeaseLost) controller.abort(error)
        else logger.error({ err: error, task: lease.taskId }, 'lease not renewed')
      })
    }
  }

  async #sweep() {
    try {
      const messages = { again: say('again'), failed: say('failed') }
      const rescued = await rescueOrphans({ backoff: this.#options.backoff, messages })
      if (rescued + (await Schedule.runDue()) > 0) void this.#fill()
    } catch (error) {
      logger.error({ err: error }, 'orphaned tasks and schedules not looked after')
    }
  }
}

/** Stack and causes, for staff. */
function detail(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = error.stack ?? error.message
  return error.cause === undefined ? own : `${own}\ncaused by ${detail(error.cause)}`
}
