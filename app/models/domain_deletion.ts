import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { deletionGraceDays } from '#config/domains'
import { DomainDeletionSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import { providerFor, type Author } from '#models/actor'
import Domain from '#models/domain'
import { changeDomain } from '#models/domain/change'
import NameClaim from '#models/name_claim'

/**
 * DOM-05: a domain that was deleted and can still be restored. Site and mail stop at once, its people
 * are signed out, its name stays claimed; nothing of it is lost until `endsAt`.
 */
export default class DomainDeletion extends DomainDeletionSchema {
  @belongsTo(() => Domain)
  declare domain: BelongsTo<typeof Domain>

  /** Its name goes to somebody else: its contractor can't take it back any more. */
  get isHandover() {
    return this.nameClaimId !== null
  }

  static async request(domain: Domain, author: Author) {
    const endsAt = DateTime.utc().plus({ days: deletionGraceDays })
    await changeDomain(domain, { action: 'domain.destroy', author }, async (client, server) => {
      await server.refuseGone(domain, client)
      const { id: domainId, contractId } = domain
      const requestedBy = author.by.login
      await this.create({ domainId, contractId, requestedBy, endsAt }, { client })
    })
  }

  /** As it was: suspended if it had been suspended. With its domain loaded. */
  async restore(author: Author) {
    const change = { action: 'domain_deletion.destroy', author }
    await changeDomain(this.domain, change, async (client, server) => {
      if (server.isEnded) throw new Refusal('server_is_ended')
      await server.refuseDeleted(this.domain, client)
      const now = await DomainDeletion.query({ client }).where('id', this.id).first()
      if (!now) throw new Refusal('deletion_is_over')
      if (now.isHandover && author.by.role !== 'staff')
        throw new Refusal('name_was_given_to_another')
      await now.delete()
      if (now.isHandover) await NameClaim.reopen(now.nameClaimId!, client)
    })
  }

  /** Of names that go to somebody else; begins a deletion, or ends a waiting one then. */
  static async handOver(
    domain: Domain,
    { nameClaimId, endsAt }: { nameClaimId: number; endsAt: DateTime },
    client: TransactionClientContract
  ) {
    const { id: domainId, contractId } = domain
    const waiting = await this.query({ client }).where('domainId', domainId).first()
    const handover = {
      nameClaimId,
      endsAt: waiting && waiting.endsAt < endsAt ? waiting.endsAt : endsAt,
    }
    if (waiting) await waiting.merge(handover).save()
    else await this.create({ domainId, contractId, requestedBy: 'staff', ...handover }, { client })
  }

  /** For good, unless it was restored meanwhile. With its domain loaded. */
  async end() {
    const author = providerFor(this.contractId, 'system')
    const change = { action: 'domain_removal.store', author }
    return changeDomain(this.domain, change, async (client) => {
      const now = await DomainDeletion.query({ client }).where('id', this.id).first()
      if (!now || now.endsAt > DateTime.utc()) return false
      await this.domain.release(client)
    })
  }

  static due(now = DateTime.utc()): Promise<DomainDeletion[]> {
    return this.query().where('endsAt', '<=', now.toSQL()!).preload('domain').orderBy('id')
  }
}
