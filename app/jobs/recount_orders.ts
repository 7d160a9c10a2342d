import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { recountExpected } from '#orders/recounting'

/** ORD-01: closing days changed. */
export default class RecountOrders implements Job {
  static readonly kind = 'recount_orders'

  async handle({ signal }: Pick<TaskRun, 'signal'>) {
    await recountExpected(signal)
  }
}
