import type { ClaimedTask } from '#models/task/claim'
import type { Lease } from '#models/task/lease'
import type { TaskLogLevel } from '#models/task/log'

/** One try of one task, as its job sees it. */
export class TaskRun {
  readonly id: number
  readonly kind: string
  /** As it was queued; check it before use, rows outlive versions. */
  readonly payload: unknown
  /** 1 for the first try. */
  readonly attempt: number
  readonly maxAttempts: number
  /** Aborted when the task is no longer ours or the process stops: stop soon, leave things repeatable. */
  readonly signal: AbortSignal
  /** Told together with the end of the task, in one write. */
  lastWords?: string
  readonly #lease: Lease

  constructor(task: ClaimedTask, lease: Lease, signal: AbortSignal) {
    this.id = task.id
    this.kind = task.kind
    this.payload = JSON.parse(task.payload)
    this.attempt = task.attempts
    this.maxAttempts = task.maxAttempts
    this.signal = signal
    this.#lease = lease
  }

  get isLastAttempt() {
    return this.attempt >= this.maxAttempts
  }

  /** `percent` 0 … 100; `message` in Japanese, for the person who waits. Rejects when the task is no longer ours. */
  progress(percent: number, message?: string): Promise<void> {
    return this.#lease.report(percent, message)
  }

  /** A line for staff. */
  log(text: string, level: TaskLogLevel = 'info'): Promise<void> {
    return this.#lease.log(level, text)
  }

  /** Rejects when the task is no longer ours; to be called before steps that two workers must not both do. */
  confirmOurs(): Promise<void> {
    return this.#lease.renew()
  }
}
