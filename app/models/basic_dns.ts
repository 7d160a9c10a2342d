import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { BasicDnsSettingSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import {
  usualBasicDns,
  type BasicDnsChoice,
  type Pattern,
  type Whereabouts,
} from '#models/basic_dns/lines'
import Contract from '#models/contract'
import type Domain from '#models/domain'
import { lockName } from '#models/domain/name_claim'
import { operate, unchanged } from '#models/operation'
import Server from '#models/server'
import { makeBasicZone } from '#models/zone/of_domain'

export interface BasicDnsWish extends BasicDnsChoice {
  /** Of pattern B: addresses of the customer's primary. */
  readonly primaries: readonly string[]
}

type Name = Pick<Domain, 'name' | 'contractId'>

/** DOM-04: what was chosen for the name of a domain; without a row it is what every domain has. */
export default class BasicDns extends BasicDnsSettingSchema {
  static table = 'basic_dns_settings'
  declare pattern: Pattern
  declare web: Whereabouts
  declare mail: Whereabouts

  @belongsTo(() => Contract)
  declare contract: BelongsTo<typeof Contract>

  static async choiceOf(
    { name, contractId }: Name,
    client?: TransactionClientContract
  ): Promise<BasicDnsChoice> {
    const row = await this.query({ client }).where({ name, contractId }).first()
    return row ?? usualBasicDns
  }

  /** Answers whether anything changed. */
  static async choose(domain: Domain, wish: BasicDnsWish, actor: Actor): Promise<boolean> {
    if (domain.isReady) throw new Refusal('ready_domain_has_no_dns')
    const { id: domainId, unicodeName: target } = domain
    const operation = { action: 'basic_dns.update', target, domainId }
    const result = await operate(actor, operation, async (client) => {
      await lockName(domain.name, client)
      const server = await Server.lock(domain.serverId, client)
      await server.refuseGone(domain, client)
      const { primaries, ...choice } = wish
      const isChosen = await this.keep(domain, choice, client)
      const isMade = await makeBasicZone(domain, { choice, primaries, author: actor }, client)
      return isChosen || isMade ? true : unchanged
    })
    return result !== unchanged
  }

  private static async keep(
    { name, contractId }: Name,
    choice: BasicDnsChoice,
    client: TransactionClientContract
  ) {
    const row = await this.query({ client }).where({ name, contractId }).first()
    if (!row && JSON.stringify(choice) === JSON.stringify(usualBasicDns)) return false
    const now = row ?? new BasicDns().merge({ name, contractId })
    now.merge(choice)
    if (!now.$isDirty) return false
    await now.useTransaction(client).save()
    return true
  }
}
