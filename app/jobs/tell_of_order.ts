import { PermanentFailure, type Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import { tellOfStep, tellStaffOfWord } from '#mails/order_step'

interface Payload {
  readonly orderEventId?: unknown
  readonly isForStaff?: unknown
}

/** ORD-06: a mail to the customer about a step of his order, or to staff about what he wrote. */
export default class TellOfOrder implements Job {
  static readonly kind = 'tell_of_order'

  async handle({ payload, kind }: Pick<TaskRun, 'payload' | 'kind'>) {
    const { orderEventId, isForStaff } = (payload ?? {}) as Payload
    if (!Number.isInteger(orderEventId))
      throw new PermanentFailure(say('failed'), { cause: `payload of ${kind} without an event` })
    const tell = isForStaff ? tellStaffOfWord : tellOfStep
    await tell(Number(orderEventId))
  }
}
