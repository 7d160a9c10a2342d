import db from '@adonisjs/lucid/services/db'
import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { StagingChangeSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import type { Author } from '#models/actor'
import Domain from '#models/domain'
import { isDuplicate } from '#models/domain/name_claim'
import { operate } from '#models/operation'
import Server from '#models/server'
import type {
  Figures,
  StagingFailure,
  StagingKind,
  StagingState,
} from '#models/staging_change/kinds'
import { plansOf, type StagingPlan } from '#models/staging_change/plan'
import StagingGeneration from '#models/staging_generation'
import Task, { type TaskRequest } from '#models/task'

/** Changes what visitors see, and so what a publication could be taken back from. */
const changesPublic: readonly StagingKind[] = ['swap', 'publish', 'withdraw']

/** WEB-02: one thing that somebody did with the two sides of a domain. */
export default class StagingChange extends StagingChangeSchema {
  declare kind: StagingKind
  declare state: StagingState
  declare failure: StagingFailure | null

  @belongsTo(() => Domain)
  declare domain: BelongsTo<typeof Domain>

  get isOver() {
    return this.state === 'done' || this.state === 'failed'
  }

  /** Where it keeps what it works with, below the domain's `conf/staging`. */
  get place(): `change-${number}` {
    return `change-${this.id}`
  }

  /** By which a page says what it showed; 0 while nothing was done yet. */
  static async lastIdOf(domainId: number, client?: TransactionClientContract): Promise<number> {
    const last = await this.query({ client }).where('domainId', domainId).max('id as id').first()
    return Number(last?.id ?? 0)
  }

  /** The publication that can be taken back: nothing has changed what is public since. */
  static async withdrawable(domainId: number, client?: TransactionClientContract) {
    const last = await this.query({ client })
      .where({ domainId, state: 'done' })
      .whereIn('kind', [...changesPublic])
      .orderBy('id', 'desc')
      .first()
    return last?.kind === 'publish' && last.keepsPrevious ? last : null
  }

  /** What one person does at a time; a second click, or somebody else in between, is refused. `also`: with it, or not at all. */
  static async begin(
    domain: Domain,
    wish: StagingPlan,
    actor: Author,
    also?: (change: StagingChange, client: TransactionClientContract) => Promise<void>
  ): Promise<StagingChange> {
    const { action } = plansOf(wish)
    const busy = await this.findBy('busyDomainId', domain.id)
    await busy?.endLost()
    const operation = { action, target: domain.unicodeName, domainId: domain.id }
    try {
      return await operate(actor, operation, async (client) => {
        const server = await Server.lock(domain.serverId, client)
        await server.refuseGone(domain, client)
        await refuseChanged(domain, wish.seen, client)
        const change = await this.make(domain, wish, actor, client)
        await change.start(server, domain, actor, client)
        await also?.(change, client)
        return change
      })
    } catch (error) {
      if (isDuplicate(error)) throw new Refusal('staging_is_busy')
      throw error
    }
  }

  private static async make(
    domain: Domain,
    wish: StagingPlan,
    { by }: Author,
    client: TransactionClientContract
  ) {
    const { kind, generationId, chosen, undoneId, sourceId, copiesFirst, databases } = plansOf(wish)
    const isQuick = kind === 'swap' && !copiesFirst && !databases
    const copy = copiesFirst ? await StagingGeneration.begin(domain.id, client) : null
    return this.create(
      {
        domainId: domain.id,
        kind,
        state: isQuick ? 'exchanging' : 'copying',
        madeBy: by.login,
        busyDomainId: domain.id,
        generationId: copy?.id ?? generationId,
        undoneId,
        sourceDomainId: sourceId,
        databaseSourceId: databases?.sourceId,
        databaseTargetId: databases?.targetId,
        chosen: chosen && JSON.stringify(chosen),
      },
      { client }
    )
  }

  private start(
    server: Server,
    domain: Domain,
    actor: Author,
    client: TransactionClientContract
  ): Promise<unknown> {
    if (this.state === 'exchanging') return this.requestExchange(server, domain, actor, client)
    return this.requestCopying({ serverId: server.id, accountId: actor.by.id ?? undefined }, client)
  }

  /** Looks again in a moment, so that no worker only waits. */
  async lookAgain() {
    const before = await Task.find(Number(this.taskId))
    const { serverId, accountId } = before ?? {}
    const runAt = new Date(Date.now() + 300)
    const of = { serverId: serverId ?? undefined, accountId: accountId ?? undefined, runAt }
    await db.transaction((client) => this.requestCopying(of, client))
  }

  private async requestCopying(of: Partial<TaskRequest>, client: TransactionClientContract) {
    const task = await Task.enqueue(
      {
        ...of,
        kind: 'prepare_staging',
        payload: { changeId: this.id },
        lockKey: `staging:${this.domainId}`,
        maxAttempts: 3,
      },
      client
    )
    this.taskId = task.id
    await this.useTransaction(client).save()
  }

  private async requestExchange(
    server: Server,
    domain: Domain,
    { by }: Partial<Author>,
    client: TransactionClientContract
  ) {
    const task = await server.requestApply(
      { reason: `staging ${this.kind} ${domain.name}`, domainIds: [domain.id], by },
      client
    )
    this.state = 'exchanging'
    this.applyId = task.id
    await this.useTransaction(client).save()
  }

  /** All copies are made: now it is quick. */
  async exchange(figures: Figures = {}) {
    await db.transaction(async (client) => {
      const domain = await Domain.findOrFail(this.domainId, { client })
      const server = await Server.lock(domain.serverId, client)
      this.take(figures)
      await this.requestExchange(server, domain, {}, client)
    })
  }

  async end(state: 'done' | 'failed', figures: Figures = {}, failure?: StagingFailure) {
    this.take(figures)
    this.state = state
    this.failure = failure ?? null
    this.busyDomainId = null
    this.finishedAt = DateTime.utc()
    await this.save()
  }

  private take({ files, bytes, skipped, keepsPrevious }: Figures) {
    this.files = files ?? this.files
    this.bytes = bytes ?? this.bytes
    this.skipped = skipped ?? this.skipped
    this.keepsPrevious = keepsPrevious ?? this.keepsPrevious
  }

  /** Whoever worked on it was killed too often: it is over, and nothing does it later when nobody expects it. */
  async endLost() {
    if (this.isOver) return
    const id = this.state === 'copying' ? this.taskId : this.applyId
    const task = await db
      .from('tasks')
      .where('id', Number(id ?? 0))
      .select('state')
      .first()
    if (task?.state === 'queued' || task?.state === 'running') return
    await this.refresh()
    const now = this.state === 'copying' ? this.taskId : this.applyId
    if (!this.isOver && now === id) await this.end('failed', {}, 'cut_off')
  }

  /** What is over and has left something behind that nobody can ask for any more. */
  static async replacedOf(domainId: number): Promise<StagingChange[]> {
    const kept = await this.withdrawable(domainId)
    return this.query()
      .where({ domainId, keepsPrevious: true })
      .whereIn('state', ['done', 'failed'])
      .whereNot('id', kept?.id ?? 0)
  }

  async forgetPrevious() {
    this.keepsPrevious = false
    await this.save()
  }

  /** Later than now, for nobody waits for it. */
  async requestTidying() {
    await Task.enqueue({
      kind: 'tidy_staging',
      payload: { domainId: this.domainId },
      lockKey: `staging:${this.domainId}`,
      uniqueKey: `tidy_staging:${this.domainId}`,
      maxAttempts: 3,
    })
  }
}

async function refuseChanged(domain: Domain, seen: number, client: TransactionClientContract) {
  const busy = await StagingChange.query({ client })
    .where('busyDomainId', domain.id)
    .select('id')
    .first()
  if (busy) throw new Refusal('staging_is_busy')
  if ((await StagingChange.lastIdOf(domain.id, client)) !== seen) {
    throw new Refusal('staging_was_changed_meanwhile')
  }
}
