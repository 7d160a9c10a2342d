import db from '@adonisjs/lucid/services/db'
import { boundedCount } from '#models/page'
import type { TaskState } from '#models/task'

export interface TaskRow {
  readonly id: number
  readonly kind: string
  readonly state: TaskState
  readonly message: string | null
  readonly progress: number
  readonly attempts: number
  readonly max_attempts: number
  readonly run_at: string
  readonly created_at: string
  readonly started_at: string | null
  readonly finished_at: string | null
  readonly server_id: number | null
  readonly server_name: string | null
}

export interface TaskFilter {
  readonly state: TaskState
  /** Only those with a smaller id: pages are places in an index, so that a million rows cost no more than ten. */
  readonly before: number | null
  readonly serverId: number | null
}

const columns = ['id', 'kind', 'state', 'message', 'progress', 'attempts', 'max_attempts']
const moments = ['run_at', 'created_at', 'started_at', 'finished_at', 'server_id']
const perPage = 50

/** OPS-07: newest first. */
export async function taskRows({ state, before, serverId }: TaskFilter) {
  const query = db
    .from('tasks')
    .leftJoin('servers', 'servers.id', 'tasks.server_id')
    .where('tasks.state', state)
    .select([...columns, ...moments].map((each) => `tasks.${each}`))
    .select('servers.name as server_name')
    .orderBy('tasks.id', 'desc')
    .limit(perPage + 1)
  if (before !== null) query.where('tasks.id', '<', before)
  if (serverId !== null) query.where('tasks.server_id', serverId)
  const found: TaskRow[] = await query
  const rows = found.slice(0, perPage)
  return { rows, next: found.length > perPage ? rows.at(-1)!.id : null }
}

export const taskStates = ['failed', 'running', 'queued', 'done', 'cancelled'] as const

/** How many there are of each that somebody may have to look at; bounded, and from the index alone. */
export async function taskCounts() {
  const counts: Partial<Record<TaskState, number>> = {}
  for (const state of ['failed', 'running', 'queued'] as const) {
    counts[state] = await boundedCount(db.from('tasks').where('state', state))
  }
  return counts
}
