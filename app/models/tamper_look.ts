import encryption from '@adonisjs/core/services/encryption'
import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import db from '@adonisjs/lucid/services/db'
import { DateTime } from 'luxon'
import { TamperLookSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import Domain from '#models/domain'
import { isDuplicate } from '#models/domain/name_claim'
import { operate } from '#models/operation'
import Server from '#models/server'
import type { TamperReport } from '#models/tamper_look/report'
import Task from '#models/task'

/** `daily`: by the clock; `hand`: somebody wants to know now; `accept`: all is well, whatever it finds. */
export type LookKind = 'daily' | 'hand' | 'accept'
export type LookState = 'looking' | 'done' | 'failed'
/** Why nobody knows. */
export type LookFailure = 'unreachable' | 'no_room' | 'refused' | 'too_much' | 'cut_off' | 'gone'
/**
 * `first`: there was nothing to compare with; `lost`: nor was there any more, though there should have
 * been; `older`: it was compared with what an earlier look found than expected.
 */
export type LookBaseline = 'first' | 'lost' | 'older'

/** What the server told of a look. */
export interface LookOutcome {
  readonly baseline: LookBaseline | null
  readonly added: number
  readonly removed: number
  readonly changed: number
  readonly unread: number
  readonly files: number
  readonly bytes: number
  readonly saved: boolean
  readonly report: TamperReport
}

/** Looks at so many servers at once, so that others' long work has hands, too. */
const lanes = 3

/** WEB-07: one look at the files of a domain, and what it found. */
export default class TamperLook extends TamperLookSchema {
  declare kind: LookKind
  declare state: LookState
  declare failure: LookFailure | null
  declare baseline: LookBaseline | null

  @belongsTo(() => Domain)
  declare domain: BelongsTo<typeof Domain>

  get isOver() {
    return this.state !== 'looking'
  }

  /** Under what name it is shown: the one that the setting itself began was nobody's own wish. */
  get called(): LookKind | 'first' {
    return this.kind === 'hand' && this.baseline === 'first' ? 'first' : this.kind
  }

  get changes() {
    return this.added + this.removed + this.changed
  }

  /** Nothing that anybody needs to see. */
  get isQuiet() {
    return this.state === 'done' && this.changes + this.unread === 0 && this.baseline === null
  }

  /** Somebody should ask himself whether all of it is his own doing. */
  get isUnexpected() {
    const isCompared = this.baseline === null || this.baseline === 'older'
    return this.state === 'done' && isCompared && !this.acceptedAt && this.changes > 0
  }

  get findings(): TamperReport | null {
    return this.report ? encryption.decrypt<TamperReport>(this.report) : null
  }

  get toldAddresses(): string[] {
    return this.told ? JSON.parse(this.told) : []
  }

  /** Within the transaction of what asks for it. */
  static async begin(
    domain: Pick<Domain, 'id' | 'serverId'>,
    kind: LookKind,
    madeBy: string | null,
    client: TransactionClientContract
  ): Promise<TamperLook> {
    const busyDomainId = domain.id
    const row = { domainId: domain.id, kind, state: 'looking', madeBy, busyDomainId } as const
    const look = await this.create(row, { client })
    const task = await Task.enqueue(
      {
        kind: 'look_for_tampering',
        payload: { lookId: look.id },
        lockKey: laneOf(domain.serverId, kind),
        serverId: domain.serverId,
        maxAttempts: 4,
      },
      client
    )
    return look.merge({ taskId: task.id }).useTransaction(client).save()
  }

  /** Somebody wants to know now. A second click, or one at the time of the daily look, is refused. */
  static async start(domain: Domain, kind: 'hand' | 'accept', actor: Actor): Promise<TamperLook> {
    const action = kind === 'hand' ? 'tamper_look.store' : 'tamper_baseline.store'
    const operation = { action, target: domain.unicodeName, domainId: domain.id }
    const busy = await this.findBy('busyDomainId', domain.id)
    await busy?.endLost()
    try {
      return await operate(actor, operation, async (client) => {
        const server = await Server.lock(domain.serverId, client)
        await server.refuseGone(domain, client)
        await refuseNeverWatched(domain.id, client)
        return this.begin(domain, kind, actor.by.login, client)
      })
    } catch (error) {
      if (isDuplicate(error)) throw new Refusal('tamper_look_is_under_way')
      throw error
    }
  }

  /** What it found is right: later looks compare with that. Only of the newest does the server know all of it. */
  async accept(domain: Domain, actor: Actor): Promise<void> {
    const operation = { action: 'tamper_baseline.store', target: domain.unicodeName }
    await operate(actor, { ...operation, domainId: domain.id }, async (client) => {
      const server = await Server.lock(domain.serverId, client)
      await server.refuseGone(domain, client)
      const newest = await TamperLook.newestKept(domain.id, client)
      if (newest?.id !== this.id) throw new Refusal('tamper_look_is_not_the_newest')
      await this.becomeBaseline(client)
      this.acceptedBy = actor.by.login
      this.acceptedAt = DateTime.utc()
      await this.useTransaction(client).save()
    })
  }

  /** The last one of which the server keeps everything, unless one is under way that replaces it. */
  static async newestKept(domainId: number, client?: TransactionClientContract) {
    const newest = await this.query({ client })
      .where('domainId', domainId)
      .where((query) => query.where('saved', true).orWhere('state', 'looking'))
      .orderBy('id', 'desc')
      .first()
    return newest?.state === 'done' ? newest : null
  }

  /** All that is known of it, in one transaction with what follows from it. */
  async finish({ report, ...figures }: LookOutcome) {
    const look: TamperLook = this
    look.merge(figures)
    this.report = isEmpty(report) ? null : encryption.encrypt(report)
    await db.transaction(async (client) => {
      if (this.saved && (await this.isSettled(client))) await this.becomeBaseline(client)
      await this.end('done', client)
    })
  }

  /** Whether nothing of it has to be told again by the next daily look. */
  private async isSettled(client: TransactionClientContract): Promise<boolean> {
    if (this.kind === 'accept' || this.baseline === 'first' || this.baseline === 'lost') return true
    const watch = await client
      .from('tamper_watches')
      .where('domain_id', this.domainId)
      .select('keeps_baseline')
      .first()
    return this.kind === 'daily' && !Number(watch?.keeps_baseline)
  }

  private async becomeBaseline(client: TransactionClientContract) {
    await client
      .from('tamper_watches')
      .where('domain_id', this.domainId)
      .update({ baseline_look_id: this.id })
  }

  async fail(failure: LookFailure) {
    this.failure = failure
    await this.end('failed')
  }

  private async end(state: LookState, client?: TransactionClientContract) {
    this.state = state
    this.busyDomainId = null
    this.finishedAt = DateTime.utc()
    if (client) this.useTransaction(client)
    await this.save()
  }

  /** Whoever worked on it was killed too often. */
  async endLost() {
    if (this.isOver) return
    const task = await db
      .from('tasks')
      .where('id', Number(this.taskId ?? 0))
      .select('state')
      .first()
    if (task?.state === 'queued' || task?.state === 'running') return
    await this.refresh()
    if (!this.isOver) await this.fail('cut_off')
  }
}

const isEmpty = ({ findings, moved }: TamperReport) => findings.length + moved.length === 0

/** One at a time for a server. Whoever waits for his own does not wait for everybody's of the night. */
function laneOf(serverId: number, kind: LookKind) {
  return kind === 'daily' ? `tamper:lane:${serverId % lanes}` : `tamper:server:${serverId}`
}

async function refuseNeverWatched(domainId: number, client: TransactionClientContract) {
  const watch = await client.from('tamper_watches').where('domain_id', domainId).first()
  if (!watch) throw new Refusal('tamper_watch_is_missing')
}
