import db from '@adonisjs/lucid/services/db'
import type Server from '#models/server'
import type { ServerState } from '#models/server'
import type { TaskState } from '#models/task'
import { progressOf, type TaskProgress } from '#models/task/progress'
import { endedStates } from '#models/server/end'
import { planOf } from '#models/server/plan'

export interface ServerRow {
  readonly id: number
  readonly name: string
  readonly hostname: string
  readonly description: string | null
  readonly plan: string
  readonly state: ServerState
  readonly address: string | null
  readonly extra_disk_gb: number
  readonly contract_code: string
  readonly contract_name: string
  readonly domains: number
}

const shown = [
  'servers.id',
  'servers.name',
  'servers.hostname',
  'servers.description',
  'servers.plan',
  'servers.state',
  'servers.address',
  'servers.extra_disk_gb',
  'contracts.code as contract_code',
  'contracts.name as contract_name',
]

/** SRV-03. Without a contract: everybody's, for staff. */
export async function serverRowsOf(contractId?: number) {
  const query = db
    .from('servers')
    .join('contracts', 'contracts.id', 'servers.contract_id')
    .select(shown)
    .orderBy('servers.id')
  if (contractId !== undefined) {
    query.where('servers.contract_id', contractId).whereNotIn('servers.state', [...endedStates])
  } else query.whereNot('servers.state', 'removed')
  const rows: Omit<ServerRow, 'domains'>[] = await query
  const counts = await domainCounts(rows.map(({ id }) => id))
  return rows.map((row) => ({
    ...row,
    domains: counts.get(row.id) ?? 0,
    diskGb: planOf(row.plan).diskGb + row.extra_disk_gb,
  }))
}

async function domainCounts(serverIds: readonly number[]) {
  const counts = await db
    .from('domains')
    .select('server_id')
    .count('* as total')
    .whereIn('server_id', [...serverIds])
    .groupBy('server_id')
  return new Map<number, number>(counts.map((each) => [each.server_id, Number(each.total)]))
}

export interface ApplyRow {
  readonly id: number
  readonly state: TaskState
  readonly message: string | null
  readonly payload: string
  readonly created_at: string
  readonly finished_at: string | null
}

/** The latest applies of a server, newest first. */
export function recentAppliesOf(serverId: number, limit = 5): Promise<ApplyRow[]> {
  return db
    .from('tasks')
    .select('id', 'state', 'message', 'payload', 'created_at', 'finished_at')
    .where({ server_id: serverId, kind: 'converge_server' })
    .orderBy('id', 'desc')
    .limit(limit)
}

/** What is being done to make a server that does not serve yet. */
export async function buildOf({ id, state }: Server): Promise<TaskProgress | null> {
  if (state !== 'building') return null
  const task = await db
    .from('tasks')
    .select('id')
    .where({ server_id: id, kind: 'build_server' })
    .orderBy('id', 'desc')
    .first()
  return task ? progressOf(task.id) : null
}
