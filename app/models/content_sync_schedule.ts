import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { ContentSyncScheduleSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import { providerFor, type Actor } from '#models/actor'
import ContentSync, { refuseStrangers } from '#models/content_sync'
import { nextTimeOf, type SyncTimes } from '#models/content_sync_schedule/times'
import Domain from '#models/domain'
import { operate } from '#models/operation'
import Server from '#models/server'
import StagingChange from '#models/staging_change'
import { sqlTime } from '#models/task/clock'

/** WEB-08: what is public on a server is taken over from another one, at the same times each day. */
export default class ContentSyncSchedule extends ContentSyncScheduleSchema {
  @belongsTo(() => Domain, { foreignKey: 'sourceDomainId' })
  declare source: BelongsTo<typeof Domain>

  @belongsTo(() => Domain, { foreignKey: 'targetDomainId' })
  declare target: BelongsTo<typeof Domain>

  get times(): SyncTimes {
    return { everyHours: this.everyHours as SyncTimes['everyHours'], atMinute: this.atMinute }
  }

  /** Takes the place of the one that the target has. */
  static async set(
    { source, target }: { readonly source: Domain; readonly target: Domain },
    times: SyncTimes,
    actor: Actor
  ) {
    refuseStrangers(source, target)
    await this.change(target, 'content_sync_schedule.update', actor, async (client) => {
      await refuseChain(source, target, client)
      const values = { ...times, sourceDomainId: source.id, nextAt: nextTimeOf(times) }
      const owner = { contractId: target.contractId, madeBy: actor.by.login }
      await this.updateOrCreate({ targetDomainId: target.id }, { ...values, ...owner }, { client })
    })
  }

  static async stop(target: Domain, actor: Actor) {
    await this.change(target, 'content_sync_schedule.destroy', actor, async (client) => {
      await this.query({ client }).where('targetDomainId', target.id).delete()
    })
  }

  /** That a domain has to do with, on either side; with both domains and their servers. */
  static around(domainId: number): Promise<ContentSyncSchedule[]> {
    return this.query()
      .where((either) =>
        either.where('sourceDomainId', domainId).orWhere('targetDomainId', domainId)
      )
      .preload('source', (source) => source.preload('server'))
      .preload('target', (target) => target.preload('server'))
      .orderBy('id')
  }

  /** With both domains. */
  static due(now = DateTime.utc()): Promise<ContentSyncSchedule[]> {
    return this.query()
      .where('nextAt', '<=', sqlTime(now.toJSDate()))
      .preload('source')
      .preload('target')
  }

  /** Its next time comes first: whoever is killed here has left out one, and begun none twice. */
  async begin() {
    const { source, target } = this
    this.nextAt = nextTimeOf(this.times)
    await this.save()
    const seen = await StagingChange.lastIdOf(target.id)
    await ContentSync.begin({ source, target }, seen, providerFor(this.contractId, 'system'))
  }

  /** Of a domain that goes, on whichever side it was. */
  static async forget(domainId: number, client: TransactionClientContract) {
    await this.query({ client })
      .where('sourceDomainId', domainId)
      .orWhere('targetDomainId', domainId)
      .delete()
  }

  private static change(
    target: Domain,
    action: string,
    author: Actor,
    work: (client: TransactionClientContract) => Promise<void>
  ) {
    const operation = { action, target: target.unicodeName, domainId: target.id }
    return operate(author, operation, async (client) => {
      const server = await Server.lock(target.serverId, client)
      await server.refuseGone(target, client)
      await work(client)
    })
  }
}

/** A domain that receives by the clock sends nothing by it: sites would run after each other. */
async function refuseChain(source: Domain, target: Domain, client: TransactionClientContract) {
  const chained = await client
    .from('content_sync_schedules')
    .where('target_domain_id', source.id)
    .orWhere('source_domain_id', target.id)
    .first()
  if (chained) throw new Refusal('source_receives_itself', 'source_id')
}
