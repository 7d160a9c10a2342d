import type { TaskRun } from '#jobs/task_run'

/**
 * Does one kind of task. It may be run again after having been cut off anywhere, so what it does
 * must be repeatable. Throwing means: try again later; `PermanentFailure` means: don't.
 */
export interface Job {
  handle(run: TaskRun): Promise<void>
}

export interface JobClass {
  readonly kind: string
  /** At a customer's pace, such as what he brought: some hands of a worker are never given to these. */
  readonly takesLong?: true
  new (): Job
}

/**
 * It can't be done now, and what makes it possible again asks for it anew: neither tried again nor a failure. The message is for the
 * person who waits.
 */
export class PassedOver extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'PassedOver'
  }
}

/** Trying again is of no use. The message is for the person who waits, in Japanese; details for staff go into `cause`. */
export class PermanentFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PermanentFailure'
  }
}
