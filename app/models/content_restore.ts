import db from '@adonisjs/lucid/services/db'
import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import type { RestoredPart } from '#convergence/agent/backup_requests'
import { ContentRestoreSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import Domain from '#models/domain'
import { isDuplicate } from '#models/domain/name_claim'
import { operate } from '#models/operation'
import Server from '#models/server'
import Task from '#models/task'

/** `looking`: what would be done is found out; `looked`: it is shown, and somebody decides. */
export type RestoreState = 'looking' | 'looked' | 'restoring' | 'done' | 'partial' | 'failed'

/** Why nothing of it was done, or not known what would be. */
export type RestoreFailure =
  'no_storage' | 'unreachable' | 'no_room' | 'busy' | 'refused' | 'cut_off' | 'too_long'

/** What was found out before somebody confirmed it. `room`: bytes left of the domain's volume, null where nobody knows. */
export interface RestorePlan {
  readonly parts: readonly RestoredPart[]
  readonly room: number | null
}

/** Whoever confirms later than this looks anew: the site has changed since. */
export const confirmableHours = 1

/** BKP-01: something of a domain's backup that its people brought back. */
export default class ContentRestore extends ContentRestoreSchema {
  declare state: RestoreState
  declare failure: RestoreFailure | null

  @belongsTo(() => Domain)
  declare domain: BelongsTo<typeof Domain>

  get isOver() {
    return ['done', 'partial', 'failed'].includes(this.state)
  }

  get isUnderWay() {
    return this.state === 'looking' || this.state === 'restoring'
  }

  /** Paths below `backup/contents`, bytes in base64url. */
  get paths(): readonly string[] {
    return JSON.parse(this.chosen)
  }

  get planned(): RestorePlan | null {
    return this.plan ? JSON.parse(this.plan) : null
  }

  get outcomes(): readonly RestoredPart[] {
    return this.outcome ? JSON.parse(this.outcome) : []
  }

  get isTooOld() {
    return (
      this.lookedAt !== null && this.lookedAt < DateTime.now().minus({ hours: confirmableHours })
    )
  }

  /** Whether there is anything that a confirmation would do. */
  get hasWork() {
    return (this.planned?.parts ?? []).some((part) => changesOf(part) > 0)
  }

  get hasRoom() {
    const { room = null, parts = [] } = this.planned ?? {}
    return room === null || neededFor(parts) <= room
  }

  /** Looks first: nothing is written before somebody has seen what would be. */
  static async begin(
    domain: Domain,
    wish: { readonly paths: readonly string[]; readonly deletes: boolean },
    { by }: Actor
  ): Promise<ContentRestore> {
    const busy = await this.findBy('busyDomainId', domain.id)
    await busy?.endLost()
    try {
      return await db.transaction(async (client) => {
        const server = await Server.lock(domain.serverId, client)
        await server.refuseGone(domain, client)
        const { paths, deletes } = wish
        const row = await this.create(
          {
            domainId: domain.id,
            state: 'looking',
            madeBy: by.login,
            chosen: JSON.stringify(paths),
            deletes,
            busyDomainId: domain.id,
          },
          { client }
        )
        await row.queue(server, by.id, client)
        return row
      })
    } catch (error) {
      if (isDuplicate(error)) throw new Refusal('content_restore_is_busy')
      throw error
    }
  }

  /** What was shown is carried out. */
  async confirm(actor: Actor) {
    if (this.isTooOld) throw new Refusal('content_restore_is_too_old')
    if (!this.hasRoom) throw new Refusal('content_restore_has_no_room')
    const domain = await Domain.findOrFail(this.domainId)
    const action = 'content_restore.store'
    const operation = { action, target: domain.unicodeName, domainId: domain.id }
    const busy = await ContentRestore.findBy('busyDomainId', domain.id)
    await busy?.endLost()
    try {
      await operate(actor, operation, async (client) => {
        const server = await Server.lock(domain.serverId, client)
        await server.refuseGone(domain, client)
        const count = await ContentRestore.query({ client })
          .where({ id: this.id, state: 'looked' })
          .update({ state: 'restoring', busy_domain_id: domain.id })
        if (Number(count) === 0) throw new Refusal('content_restore_is_confirmed_already')
        const row = await ContentRestore.findOrFail(this.id, { client })
        await row.queue(server, actor.by.id, client)
      })
    } catch (error) {
      if (isDuplicate(error)) throw new Refusal('content_restore_is_busy')
      throw error
    }
  }

  private async queue(server: Server, accountId: number, client: TransactionClientContract) {
    const task = await Task.enqueue(
      {
        kind: 'run_content_restore',
        payload: { restoreId: this.id },
        lockKey: `content_restores:${this.domainId}`,
        serverId: server.id,
        accountId,
        maxAttempts: 3,
      },
      client
    )
    this.taskId = task.id
    await this.useTransaction(client).save()
  }

  async looked(plan: RestorePlan) {
    this.plan = JSON.stringify(plan)
    this.lookedAt = DateTime.utc()
    this.state = 'looked'
    this.busyDomainId = null
    await this.save()
  }

  async end(parts: readonly RestoredPart[]) {
    this.outcome = JSON.stringify(parts)
    const isWhole = (part: RestoredPart) => part.state === 'done' && part.problemCount === 0
    const isDone = (part: RestoredPart) => part.state === 'done' || changesOf(part) > 0
    const state = parts.every(isWhole) ? 'done' : parts.some(isDone) ? 'partial' : 'failed'
    await this.close(state, null)
  }

  fail(failure: RestoreFailure) {
    return this.close('failed', failure)
  }

  private async close(state: RestoreState, failure: RestoreFailure | null) {
    this.state = state
    this.failure = failure
    this.busyDomainId = null
    this.finishedAt = DateTime.utc()
    await this.save()
  }

  /** Whoever worked on it was killed too often. */
  async endLost() {
    if (!this.isUnderWay) return
    const task = await db
      .from('tasks')
      .where('id', Number(this.taskId ?? 0))
      .select('state')
      .first()
    if (task?.state === 'queued' || task?.state === 'running') return
    await this.refresh()
    if (this.isUnderWay) await this.fail('cut_off')
  }

  /** Newest first. */
  static latestOf(domainId: number, count: number): Promise<ContentRestore[]> {
    return this.query().where('domainId', domainId).orderBy('id', 'desc').limit(count)
  }
}

export function changesOf(part: RestoredPart): number {
  return part.new + part.changed + part.touched + part.deleted
}

export function neededFor(parts: readonly RestoredPart[]): number {
  return parts.reduce((sum, { needed }) => sum + needed, 0)
}
