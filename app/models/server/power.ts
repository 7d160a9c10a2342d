import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import type { Doer } from '#models/actor'
import Server from '#models/server'
import Task from '#models/task'
import type { TaskProgress } from '#models/task/progress'
import { progressOf } from '#models/task/progress'

/** SRV-05. */
export const powerActions = ['start', 'stop', 'restart'] as const
export type PowerAction = (typeof powerActions)[number]

export const powerKind = 'power_server'

/** Tasks that switch a machine off and on themselves: one of them at a time. */
const switching = [powerKind, 'build_server', 'rebuild_server', 'resize_server', 'move_server']

/** What may be done to it now, as far as its row says. */
export function powerActionsOf({ state, kind }: Server): readonly PowerAction[] {
  if (state === 'stopped') return ['start']
  if (state !== 'running') return []
  // Who is switched off there could not be switched on from here
  return kind === 'physical' ? ['restart'] : ['restart', 'stop']
}

/**
 * Queued with whatever else the transaction does. `by`: the customer whose task it is; null when the provider does it. The row
 * follows when the machine has stopped or runs.
 */
export async function requestPower(
  { id }: Server,
  action: PowerAction,
  by: Doer | null,
  client: TransactionClientContract
): Promise<Task> {
  const server = await Server.lock(id, client)
  refuseImpossible(server, action)
  await refuseSwitching(id, client)
  return Task.enqueue(
    {
      kind: powerKind,
      payload: { serverId: id, action },
      lockKey: `server:${id}`,
      serverId: id,
      accountId: by?.id ?? undefined,
      maxAttempts: 3,
    },
    client
  )
}

function refuseImpossible(server: Server, action: PowerAction) {
  if (powerActionsOf(server).includes(action)) return
  const { state, kind } = server
  if (server.isEnded) throw new Refusal('power_server_is_ended')
  if (state === 'building' || state === 'failed') throw new Refusal('power_server_is_not_ready')
  if (kind === 'physical' && state === 'running') throw new Refusal('power_not_for_physical')
  if (state === 'stopped') throw new Refusal('power_server_is_stopped')
  throw new Refusal('power_server_runs')
}

async function refuseSwitching(serverId: number, client: TransactionClientContract) {
  if (await switchingTask(serverId, client)) throw new Refusal('power_server_is_busy')
}

function switchingTask(serverId: number, client?: TransactionClientContract) {
  return Task.query({ client })
    .where('serverId', serverId)
    .whereIn('state', ['queued', 'running'])
    .whereIn('kind', switching)
    .orderBy('id')
    .first()
}

/** Being started, stopped, restarted or changed, for everybody who looks at it. */
export async function switchingOf({ id }: Server): Promise<TaskProgress | null> {
  const task = await switchingTask(id)
  return task && progressOf(task.id)
}
