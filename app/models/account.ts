import db from '@adonisjs/lucid/services/db'
import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { AccountSchema } from '#database/schema'
import type { Actor } from '#models/actor'
import Contract from '#models/contract'
import type ContractSuspension from '#models/contract_suspension'
import Domain from '#models/domain'
import Mailbox from '#models/mailbox'
import { operate } from '#models/operation'
import { Restrictions } from '#models/restriction/restrictions'
import Server from '#models/server'
import {
  hashPassword,
  hashSshPassword,
  isSshHash,
  matchesPassword,
  wasteTime,
} from '#models/account/password'

export type AccountRole = 'contractor' | 'domain_admin' | 'mailbox'

/**
 * A customer who signs in (PNL-01): a contractor by his contract's code, a domain admin as
 * `admin@domain`, a user as `user@domain`. Holds the only copy of the password's hash.
 */
export default class Account extends AccountSchema {
  declare role: AccountRole

  @belongsTo(() => Contract)
  declare contract: BelongsTo<typeof Contract>

  @belongsTo(() => Domain)
  declare domain: BelongsTo<typeof Domain>

  @belongsTo(() => Mailbox)
  declare mailbox: BelongsTo<typeof Mailbox>

  get isContractor() {
    return this.role === 'contractor'
  }

  get isDomainAdmin() {
    return this.role === 'domain_admin'
  }

  get isMailboxUser() {
    return this.role === 'mailbox'
  }

  /** Null for an unknown login and for a wrong password, after the same time. */
  static async authenticate(login: string, password: string) {
    const account = await this.findBy('login', login.trim().toLowerCase())
    if (!account) return wasteTime(login, password)
    return (await matchesPassword(password, account.password)) ? account : null
  }

  /** DOM-05: nobody of a domain that waits for its end is let in; who could restore it is not of it. */
  async isOfWaitingDomain() {
    if (this.domainId === null) return false
    const waiting = db.from('domain_deletions').where('domain_id', this.domainId)
    return (await waiting.select('id').first()) !== null
  }

  /** With the password or without: of a contract that is stopped, only the contractor is let in (OPS-07). */
  async isShutOut(suspension: ContractSuspension | null) {
    if (suspension && !this.isContractor) return true
    return this.isOfWaitingDomain()
  }

  /** Outside of any transaction: it takes tens of milliseconds. */
  hashOf(plain: string) {
    return this.isDomainAdmin ? hashSshPassword(plain) : hashPassword(plain)
  }

  hasPassword(plain: string) {
    return matchesPassword(plain, this.password)
  }

  /** `hash` as `hashOf` made it. */
  async setPasswordHash(hash: string, client?: TransactionClientContract) {
    if (this.isDomainAdmin && !isSshHash(hash)) throw new Error('sshd cannot verify this hash')
    if (client) this.useTransaction(client)
    this.password = hash
    this.passwordChangedAt = DateTime.utc()
    await this.save()
  }

  /**
   * A password of one's own; somebody else's is set by `Mailbox.edit`. For a mailbox
   * the server is told at once: mail and SFTP verify the same hash.
   */
  async changePassword(hash: string, actor: Actor) {
    const operation = { action: 'password.update', target: this.login, domainId: this.domainId }
    const domain = this.domainId ? await Domain.findOrFail(this.domainId) : null
    await operate(actor, operation, async (client) => {
      if (!domain) return this.setPasswordHash(hash, client)
      const server = await Server.lock(domain.serverId, client)
      const restrictions = await Restrictions.of(domain, actor, client)
      restrictions.refuse('password', { id: this.mailboxId! })
      await this.setPasswordHash(hash, client)
      await server.requestApply(
        { reason: `password.update ${this.login}`, domainIds: [domain.id], by: actor.by },
        client
      )
    })
  }

  static hashPassword = hashPassword
  static hashSshPassword = hashSshPassword
}
