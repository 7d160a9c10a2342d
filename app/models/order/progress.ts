import i18nManager from '@adonisjs/i18n/services/main'
import Order from '#models/order'
import Task from '#models/task'
import { progressTold, watchErrand } from '#models/task/errand_progress'
import { progressOf, type TaskProgress } from '#models/task/progress'

const lookEveryMs = 500

/** So much before its time a page begins to watch: whoever orders something at once sees it happen. */
const soonMs = 60_000

/** A machine is at it, or is about to be. */
export function isUnderWay({ rules, state, dueAt }: Order): boolean {
  if (rules.work !== 'machine') return false
  if (state === 'working') return true
  return state === 'waiting' && dueAt !== null && dueAt.toMillis() < Date.now() + soonMs
}

/** ORD-06: from the click until it is there. */
export async function progressOfOrder(id: number): Promise<TaskProgress | null> {
  const order = await Order.find(id)
  if (!order) return null
  if (order.state === 'done') return told(id, 'done', 100)
  if (!isUnderWay(order)) return told(id, 'failed', 100)
  const task = await workOf(order)
  const isRunning = task?.state === 'running'
  const words = told(id, isRunning ? 'running' : 'queued', task?.progress ?? 0)
  return isRunning && task.message ? { ...words, message: task.message } : words
}

/** What its kind queued for it; a server that is being made has no row in the order yet. */
async function workOf({ id, serverId }: Order): Promise<TaskProgress | null> {
  const tasks = Task.query().whereIn('state', ['queued', 'running']).orderBy('id', 'desc')
  if (serverId !== null) tasks.where('serverId', serverId)
  const [last, inside] = [`%"orderId":${id}}%`, `%"orderId":${id},%`]
  const task = await tasks.whereRaw('(payload like ? or payload like ?)', [last, inside]).first()
  return task && progressOf(task.id)
}

function told(id: number, state: TaskProgress['state'], progress: number): TaskProgress {
  const message = i18nManager.locale('ja').t(`messages.orders.progress.${state}`)
  return progressTold(id, state, progress, message)
}

/** Every change until it is over or nobody listens. */
export function watchOrder(id: number, signal: AbortSignal) {
  return watchErrand(() => progressOfOrder(id), lookEveryMs, signal)
}
