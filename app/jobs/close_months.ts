import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import MonthClosing from '#models/month_closing'

/**
 * ORD-07: the statements and invoices of every month that is over. Each day, because the first one of a month may have
 * been missed; cut off anywhere, the next run goes on there.
 */
export default class CloseMonths implements Job {
  static readonly kind = 'close_months'
  static readonly takesLong = true

  async handle(run: Pick<TaskRun, 'signal' | 'progress' | 'log'>) {
    for (const month of await MonthClosing.due()) {
      const closing = await MonthClosing.start(month)
      await closing.finish((share) => run.progress(Math.floor(share * 100)), run.signal)
      const { length } = closing.unpricedContracts
      if (length > 0) await run.log(`${month}: ${length} contracts have something unpriced`, 'warn')
    }
  }
}
