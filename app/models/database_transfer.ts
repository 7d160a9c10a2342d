import db from '@adonisjs/lucid/services/db'
import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { DateTime } from 'luxon'
import { DatabaseTransferSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import Database from '#models/database'
import Domain from '#models/domain'
import { operate } from '#models/operation'
import Task from '#models/task'

export type TransferState = 'waiting' | 'running' | 'done' | 'failed'

/** Why a transfer ended without being done; each has its words. */
export const transferProblems = [
  ...['refused', 'dump', 'no_space', 'too_large', 'broken_gzip', 'wrong_kind', 'busy'],
  ...['failed', 'unreachable', 'interrupted'],
] as const

/** A dump that was brought into a database, or another database that was (WEB-04). What came of it stays to be read. */
export default class DatabaseTransfer extends DatabaseTransferSchema {
  declare kind: 'import' | 'copy'
  declare state: TransferState

  @belongsTo(() => Database)
  declare database: BelongsTo<typeof Database>

  /** `fileName` and `bytes` for people; the file lies on the server under the id of this row. */
  static async import(
    database: Database,
    wish: { readonly fileName: string; readonly bytes: number; readonly charset: string },
    actor: Actor,
    bring: (id: number) => Promise<number>
  ): Promise<DatabaseTransfer> {
    const row = await this.create({
      databaseId: database.id,
      kind: 'import',
      source: wish.fileName.slice(0, 200),
      given: wish.charset,
      bytes: wish.bytes,
      state: 'waiting',
      startedBy: actor.by.login,
    })
    try {
      await bring(row.id)
      return await row.start('database_imports.store', database, actor)
    } catch (error) {
      await row.delete()
      throw error
    }
  }

  /**
   * All tables of one database into another of the same domain, where those of the same name are replaced. Staging takes
   * its database along with it.
   */
  static async copy(source: Database, target: Database, actor: Actor): Promise<DatabaseTransfer> {
    if (source.domainId !== target.domainId || source.id === target.id) {
      throw new Refusal('database_copy_needs_two', 'source')
    }
    const row = await this.create({
      databaseId: target.id,
      kind: 'copy',
      source: source.name,
      given: String(source.id),
      state: 'waiting',
      startedBy: actor.by.login,
    })
    return row.start('database_copies.store', target, actor)
  }

  private async start(action: string, database: Database, actor: Actor) {
    const domain = await Domain.findOrFail(database.domainId)
    const operation = { action, target: database.name, domainId: domain.id }
    return operate(actor, operation, async (client) => {
      const task = await Task.enqueue(
        {
          kind: 'run_database_transfer',
          payload: { transferId: this.id },
          // One at a time for a contract: nobody's files keep others' waiting.
          lockKey: `database_transfers:${domain.contractId}`,
          serverId: domain.serverId,
          accountId: actor.by.id,
          // What was done by half is not done again by itself.
          maxAttempts: 1,
        },
        client
      )
      const row: DatabaseTransfer = this.useTransaction(client)
      return row.merge({ taskId: task.id }).save()
    })
  }

  begin() {
    const row: DatabaseTransfer = this
    return row.merge({ state: 'running' }).save()
  }

  finish(reason: string | null, words: string | null = null) {
    const row: DatabaseTransfer = this
    const state = reason === null ? 'done' : 'failed'
    return row.merge({ state, reason, words, finishedAt: DateTime.utc() }).save()
  }

  get isOver() {
    return this.state === 'done' || this.state === 'failed'
  }

  /** The newest first; what was begun by a worker that is gone is over, too. */
  static async latestOf(databaseId: number, count = 10): Promise<DatabaseTransfer[]> {
    const rows = await this.query()
      .where('database_id', databaseId)
      .orderBy('id', 'desc')
      .limit(count)
    for (const row of rows) if (!row.isOver && (await isLost(row))) await row.finish('interrupted')
    return rows
  }
}

async function isLost({ taskId, createdAt }: DatabaseTransfer): Promise<boolean> {
  // Still on its way to the server.
  if (taskId === null) return createdAt < DateTime.utc().minus({ hours: 2 })
  const task = await db.from('tasks').where('id', taskId).select('state').first()
  return !task || ['done', 'failed', 'cancelled'].includes(task.state)
}
