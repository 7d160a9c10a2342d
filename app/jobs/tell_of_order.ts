import { PermanentFailure, type Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import { tellOfStep } from '#mails/order_step'

/** ORD-06: a mail to the customer about a step of his order. */
export default class TellOfOrder implements Job {
  static readonly kind = 'tell_of_order'

  async handle({ payload, kind }: Pick<TaskRun, 'payload' | 'kind'>) {
    const { orderEventId } = (payload ?? {}) as { orderEventId?: unknown }
    if (!Number.isInteger(orderEventId))
      throw new PermanentFailure(say('failed'), { cause: `payload of ${kind} without an event` })
    await tellOfStep(Number(orderEventId))
  }
}
