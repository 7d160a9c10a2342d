import db from '@adonisjs/lucid/services/db'
import type Server from '#models/server'
import type { ServerState } from '#models/server'
import { openStates } from '#orders/state'

/** SRV-03: what its contractor should look after; words: `messages.servers.alerts.<name>`. */
export type ServerAlert =
  'missing' | 'unreachable' | 'down' | 'disk_nearly_full' | 'disk_full' | 'apply_failed' | 'ending'

export interface ServerFacts {
  readonly id: number
  readonly state: ServerState
  readonly machine_status: string | null
  readonly disk_used_mb: number | null
  readonly diskGb: number
}

const nearlyFull = 0.9
const full = 0.98

/** Of many servers at once: two queries, however many there are. */
export async function alertsOf(
  servers: readonly ServerFacts[]
): Promise<ReadonlyMap<number, readonly ServerAlert[]>> {
  const ids = servers.map(({ id }) => id)
  const [failed, ending] = [await failedApplies(ids), await bookedEnds(ids)]
  return new Map(
    servers.map((server) => [
      server.id,
      [
        ...machineAlerts(server),
        ...(failed.has(server.id) ? (['apply_failed'] as const) : []),
        ...(ending.has(server.id) ? (['ending'] as const) : []),
      ],
    ])
  )
}

/** What can be told of its row alone. */
export function alertsOfRow(server: Server): ServerAlert[] {
  const { id, state, machineStatus, diskUsedMb, diskGb } = server
  const disk = diskUsedMb === null ? null : Number(diskUsedMb)
  return machineAlerts({ id, state, machine_status: machineStatus, disk_used_mb: disk, diskGb })
}

function machineAlerts(server: ServerFacts): ServerAlert[] {
  const machine = machineAlert(server)
  const disk = diskAlert(server)
  return [machine, disk].filter((alert) => alert !== null)
}

function machineAlert({ state, machine_status: status }: ServerFacts): ServerAlert | null {
  if (state !== 'running' && state !== 'stopped') return null
  if (status === 'missing' || status === 'unreachable') return status
  return state === 'running' && (status === 'stopped' || status === 'frozen') ? 'down' : null
}

function diskAlert({ disk_used_mb: usedMb, diskGb }: ServerFacts): ServerAlert | null {
  const share = Number(usedMb ?? 0) / (diskGb * 1024)
  if (share >= full) return 'disk_full'
  return share >= nearlyFull ? 'disk_nearly_full' : null
}

/** Servers whose last run was put back or failed, as a whole or for some domain. */
async function failedApplies(ids: readonly number[]): Promise<Set<number>> {
  const last = db
    .from('runs')
    .whereIn('server_id', [...ids])
    .where('dry_run', false)
    .groupBy('server_id')
    .max('id')
  const rows: { server_id: number }[] = await db
    .from('runs')
    .whereIn('id', last)
    .whereIn('state', ['failed', 'rolled_back', 'partial'])
    .select('server_id')
  return new Set(rows.map((row) => row.server_id))
}

async function bookedEnds(ids: readonly number[]): Promise<Set<number>> {
  const rows: { server_id: number }[] = await db
    .from('orders')
    .whereIn('server_id', [...ids])
    .whereIn('state', [...openStates])
    .where('kind', 'server_cancellation')
    .select('server_id')
  return new Set(rows.map((row) => row.server_id))
}
