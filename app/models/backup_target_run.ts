import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import db from '@adonisjs/lucid/services/db'
import { DateTime } from 'luxon'
import { BackupTargetRunSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import BackupTarget from '#models/backup_target'
import Task from '#models/task'
import { sqlTime } from '#models/task/clock'

/** `copy`: what is new goes there; `check`: whether all is well there; `return`: what the host has lost comes back. */
export type TargetRunKind = 'copy' | 'check' | 'return'
export type TargetRunState = 'waiting' | 'running' | 'done' | 'partial' | 'failed'

const longestHours = 44

export interface TargetOutcome {
  readonly state: 'done' | 'partial'
  readonly words?: string
  readonly sets?: number
  readonly sentBytes?: number
}

/** BKP-02: one time that something was done with the target, and what became of it. */
export default class BackupTargetRun extends BackupTargetRunSchema {
  declare kind: TargetRunKind
  declare state: TargetRunState

  @belongsTo(() => BackupTarget)
  declare backupTarget: BelongsTo<typeof BackupTarget>

  get isOver() {
    return this.state !== 'waiting' && this.state !== 'running'
  }

  /** `requestedBy`: of staff; null when the clock did. One thing at a time is done there. */
  static request(target: BackupTarget, kind: TargetRunKind, requestedBy: string | null) {
    return db.transaction(async (client) => {
      await client.from('backup_targets').where('id', target.id).forUpdate().first()
      // Whoever began one so long ago is gone.
      await this.query({ client })
        .where({ backupTargetId: target.id, kind })
        .whereIn('state', ['waiting', 'running'])
        .where('createdAt', '<', sqlTime(new Date(Date.now() - longestHours * 3600_000)))
        .update({ state: 'failed', reason: 'interrupted', finished_at: sqlTime() })
      const under = await this.query({ client })
        .where({ backupTargetId: target.id, kind })
        .whereIn('state', ['waiting', 'running'])
        .first()
      if (under) throw new Refusal('backup_target_is_busy')
      const facts = { backupTargetId: target.id, kind, state: 'waiting' as const, requestedBy }
      const run = await this.create(facts, { client })
      await Task.enqueue(
        {
          kind: 'run_offsite',
          payload: { runId: run.id },
          lockKey: `offsite:${target.id}`,
          maxAttempts: 2,
        },
        client
      )
      return run
    })
  }

  async begin() {
    const row: BackupTargetRun = this
    await row.merge({ state: 'running' }).save()
  }

  async finish({ state, words, sets, sentBytes }: TargetOutcome) {
    const row: BackupTargetRun = this
    const told = words?.slice(0, 500) || null
    row.merge({ state, words: told, sets, sentBytes, finishedAt: DateTime.utc() })
    await row.save()
  }

  async fail(reason: string, words: string) {
    const row: BackupTargetRun = this
    const finishedAt = DateTime.utc()
    await row.merge({ state: 'failed', reason, words: words.slice(0, 500), finishedAt }).save()
  }

  /** What the pages tell: the newest of each kind, and when something was last brought there. */
  static async newest(target: BackupTarget) {
    const ofKind = (kind: TargetRunKind) =>
      this.query().where({ backupTargetId: target.id, kind }).orderBy('id', 'desc')
    const [copy, check, lastGood] = await Promise.all([
      ofKind('copy').first(),
      ofKind('check').first(),
      ofKind('copy').whereIn('state', ['done', 'partial']).first(),
    ])
    return { copy, check, lastGood }
  }
}
