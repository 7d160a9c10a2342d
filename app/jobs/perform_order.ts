import { PermanentFailure, type Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import Order from '#models/order'
import { performDue } from '#orders/performing'

/** ORD-06: an order whose time has come. */
export default class PerformOrder implements Job {
  static readonly kind = 'perform_order'

  async handle(run: Pick<TaskRun, 'payload' | 'kind' | 'isLastAttempt'>) {
    const order = await Order.find(orderIdOf(run))
    if (!order) return
    try {
      await performDue(order)
    } catch (error) {
      if (run.isLastAttempt) await order.stall(String(error).slice(0, 500))
      throw error
    }
  }
}

function orderIdOf({ payload, kind }: Pick<TaskRun, 'payload' | 'kind'>): number {
  const { orderId } = (payload ?? {}) as { orderId?: unknown }
  if (Number.isInteger(orderId)) return Number(orderId)
  throw new PermanentFailure(say('failed'), { cause: `payload of ${kind} without orderId` })
}
