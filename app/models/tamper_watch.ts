import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { TamperWatchSchema } from '#database/schema'
import type { Actor } from '#models/actor'
import Domain from '#models/domain'
import { operate, unchanged } from '#models/operation'
import Server from '#models/server'
import TamperLook from '#models/tamper_look'
import { nextMoment, usualMinute } from '#models/tamper_watch/time_of_day'

/** What somebody asks for. */
export interface WatchWish {
  readonly enabled: boolean
  /** Minutes after midnight in Japan. */
  readonly minute: number
  readonly addresses: readonly string[]
  readonly keepsBaseline: boolean
}

/** So many addresses are told. */
export const mostWatchAddresses = 10

/** WEB-07: each day, whether somebody changed the files of a domain's site. */
export default class TamperWatch extends TamperWatchSchema {
  @belongsTo(() => Domain)
  declare domain: BelongsTo<typeof Domain>

  get told(): string[] {
    return JSON.parse(this.addresses)
  }

  /** Off until somebody wants it. Times are spread, for whoever doesn't mind. */
  static async of(domain: Domain, client?: TransactionClientContract): Promise<TamperWatch> {
    const known = await this.query({ client }).where('domainId', domain.id).first()
    if (known) return known
    const row = { domainId: domain.id, minute: usualMinute(domain.id), addresses: '[]' }
    return new this().merge({ ...row, enabled: false, keepsBaseline: false, baselineLookId: null })
  }

  /** The first look begins at once, so that there is something to compare with. Answers whether anything changed. */
  static async set(domain: Domain, wish: WatchWish, actor: Actor): Promise<boolean> {
    const operation = { action: 'tamper_watch.update', target: domain.unicodeName }
    const done = await operate(actor, { ...operation, domainId: domain.id }, async (client) => {
      const server = await Server.lock(domain.serverId, client)
      await server.refuseGone(domain, client)
      const watch = await this.of(domain, client)
      if (!watch.take(wish)) return unchanged
      await watch.useTransaction(client).save()
      if (wish.enabled && watch.baselineLookId === null) {
        await TamperLook.begin(domain, 'hand', actor.by.login, client)
      }
      return true
    })
    return done !== unchanged
  }

  private take({ enabled, minute, addresses, keepsBaseline }: WatchWish): boolean {
    this.enabled = enabled
    this.minute = minute
    this.addresses = JSON.stringify(addresses)
    this.keepsBaseline = keepsBaseline
    if (!this.$isDirty) return false
    this.nextLookAt = enabled ? DateTime.fromJSDate(nextMoment(minute, new Date())) : null
    return true
  }
}
