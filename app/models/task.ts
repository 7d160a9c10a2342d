import db from '@adonisjs/lucid/services/db'
import { hasMany } from '@adonisjs/lucid/orm'
import type { HasMany } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { TaskSchema } from '#database/schema'
import TaskLog from '#models/task/log'
import { sqlTime } from '#models/task/clock'
import { announceQueued, announceChanged } from '#models/task/announcements'

export type TaskState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'

/** Work to be done after the change that asks for it is committed. */
export interface TaskRequest {
  /** Which job does it, see `app/jobs/index.ts`. */
  readonly kind: string
  /** Anything JSON can hold. No secrets: rows are kept for weeks. */
  readonly payload?: unknown
  /** Tasks with the same key run one at a time, in the order they were queued, e.g. `server:12`. */
  readonly lockKey?: string
  /** While a task with this key is waiting, asking again answers that one. */
  readonly uniqueKey?: string
  readonly runAt?: Date
  /** How often it is tried before it counts as failed; 5 when absent. */
  readonly maxAttempts?: number
  readonly parentId?: number
  readonly serverId?: number
  /** Whose doing it is, for the pages of that person. */
  readonly accountId?: number
}

/**
 * A piece of durable work. The row is the queue: it is written in the transaction of the change it
 * belongs to, so that neither exists without the other.
 */
export default class Task extends TaskSchema {
  declare state: TaskState

  @hasMany(() => TaskLog)
  declare logs: HasMany<typeof TaskLog>

  /** Queues work within `trx`, or by itself. Workers of this process are woken at the commit. */
  static async enqueue(request: TaskRequest, trx?: TransactionClientContract): Promise<Task> {
    if (!trx) return db.transaction((own) => Task.enqueue(request, own))
    const id = await insert(rowOf(request), trx)
    trx.after('commit', () => announceQueued(id))
    return Task.query({ client: trx }).where('id', id).firstOrFail()
  }

  get isFinished() {
    return this.state === 'done' || this.state === 'failed' || this.state === 'cancelled'
  }

  get input(): unknown {
    return JSON.parse(this.payload)
  }

  /** Takes a waiting task out of the queue; false when it is running or over already. */
  async cancel(): Promise<boolean> {
    const changed = await Task.query()
      .where({ id: this.id, state: 'queued' })
      .update({ state: 'cancelled', unique_key: null, finished_at: sqlTime() })
    await this.refresh()
    announceChanged(this.id)
    return Number(changed) > 0
  }
}

type TaskRow = ReturnType<typeof rowOf>

function rowOf(request: TaskRequest) {
  return {
    kind: request.kind,
    payload: JSON.stringify(request.payload ?? null),
    state: 'queued' satisfies TaskState,
    lock_key: request.lockKey ?? null,
    unique_key: request.uniqueKey ?? null,
    run_at: sqlTime(request.runAt),
    max_attempts: request.maxAttempts ?? 5,
    parent_id: request.parentId ?? null,
    server_id: request.serverId ?? null,
    account_id: request.accountId ?? null,
    created_at: sqlTime(),
  }
}

/**
 * One statement, so that equal requests at the same moment meet at the unique index instead of
 * deadlocking over it. The row that was there already stays locked until this transaction ends: a
 * worker can't begin it before the change that relies on it is visible.
 */
async function insert(row: TaskRow, trx: TransactionClientContract): Promise<number> {
  const query = trx.knexQuery().insert(row).into('tasks').onConflict('unique_key')
  if (trx.dialect.name === 'mysql') {
    const [id] = await query.merge({ id: trx.knexRawQuery('last_insert_id(`tasks`.`id`)') })
    return id
  }
  const [{ id }] = await query.merge(['unique_key']).returning('id')
  return id
}
