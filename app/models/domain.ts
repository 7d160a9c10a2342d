import { randomInt } from 'node:crypto'
import { belongsTo, hasMany, hasOne } from '@adonisjs/lucid/orm'
import type { BelongsTo, HasMany, HasOne } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { getDomain } from 'tldts'
import {
  defaultDomainQuotaMb,
  defaultMailboxQuotaMb,
  domainsPerServer,
  testSuffix,
} from '#config/domains'
import { DomainSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import Account from '#models/account'
import type { Actor, Author } from '#models/actor'
import { reverseName } from '#models/domain/domain_name'
import { changeDomain } from '#models/domain/change'
import type { DiskQuota } from '#models/domain/disk_quota'
import type { LogSettings } from '#models/domain/log_settings'
import { MailSettings, type MailColumns } from '#models/domain/mail_settings'
import { claimName, isDuplicate, lockName } from '#models/domain/name_claim'
import { releaseRows } from '#models/domain/release'
import { WebSettings, type WebColumns } from '#models/domain/web_settings'
import DomainDeletion from '#models/domain_deletion'
import Mailbox from '#models/mailbox'
import { operate } from '#models/operation'
import Server from '#models/server'
import { addDns } from '#models/zone/of_domain'

/** A customer's own name, or a label below one of the provider's (DOM-02). */
export type DomainKind = 'own' | 'ready'

export interface NewDomain {
  /** `own` when absent. */
  readonly kind?: DomainKind
  /** A-label form and what people read, as `checkDomainName` answered them. */
  readonly name: { readonly ascii: string; readonly unicode: string }
  readonly quotaMb?: number
  /** Of the domain admin, who signs in as `admin@domain`. */
  readonly adminPasswordHash: string
}

/** A site and its mail on one server. */
export default class Domain extends DomainSchema {
  declare kind: DomainKind

  @belongsTo(() => Server)
  declare server: BelongsTo<typeof Server>

  @hasMany(() => Mailbox)
  declare mailboxes: HasMany<typeof Mailbox>

  @hasOne(() => Account, { onQuery: (query) => query.where('role', 'domain_admin') })
  declare admin: HasOne<typeof Account>

  /** While it can still be restored (DOM-05). */
  @hasOne(() => DomainDeletion)
  declare deletion: HasOne<typeof DomainDeletion>

  get unixName() {
    return `d${this.id}`
  }

  get root() {
    return `/data/domain/${this.name}`
  }

  /**
   * What follows the @ where its people sign in to the panel. Of a name that is on several servers, those
   * of the first sign in by it; on each server mail, FTP and SSH know their own by the name.
   */
  get signInName() {
    return this.namePlace === 1 ? this.name : this.testName
  }

  /** A mailbox may not be promised more than its whole domain has. */
  get newMailboxQuotaMb() {
    return Math.min(defaultMailboxQuotaMb, this.quotaMb)
  }

  /** WEB-01, WEB-03. */
  get web() {
    return new WebSettings(this)
  }

  /** MAIL-05, MAIL-10, MAIL-11. */
  get mail() {
    return new MailSettings(this)
  }

  get isSuspended() {
    return this.suspendedAt !== null
  }

  get isBeingDeleted() {
    return this.deletedAt !== null
  }

  /** Of somebody's name, `shop.example.co.jp`; a ready domain is none. */
  get isSubdomain() {
    return !this.isReady && getDomain(this.name) !== this.name
  }

  get isReady() {
    return this.kind === 'ready'
  }

  /** DOM-02: neither certificates nor the domain agency's options. */
  refuseReady() {
    if (this.isReady) throw new Refusal('ready_domain_has_no_option')
  }

  /** DOM-01, DOM-03: the domain, its test domain, its admin and his mailbox, in one transaction. */
  static async add(server: Server, wish: NewDomain, actor: Actor): Promise<Domain> {
    const operation = { action: 'domain.store', target: wish.name.unicode }
    try {
      return await operate(actor, operation, async (client) => {
        await lockName(wish.name.ascii, client)
        const locked = await Server.lock(server.id, client)
        await refuseTooMany(locked, client)
        const { kind = 'own' } = wish
        const namePlace = await claimName({ ascii: wish.name.ascii, kind }, locked, client)
        const domain = await this.make(locked, { ...wish, namePlace }, client)
        await Mailbox.make(
          domain,
          { localPart: 'admin', role: 'domain_admin' },
          locked,
          wish.adminPasswordHash,
          client
        )
        await addDns(domain, actor, client)
        await locked.requestApply(
          { reason: `domain.store ${domain.name}`, domainIds: [domain.id], by: actor.by },
          client
        )
        return domain
      })
    } catch (error) {
      if (isDuplicate(error)) throw new Refusal('name_is_taken', 'name')
      throw error
    }
  }

  private static async make(
    server: Server,
    wish: NewDomain & { namePlace: number },
    client: TransactionClientContract
  ) {
    const [newest] = server.availablePhpVersions
    const { firstUid: uid, slot } = await server.takeIds({ uids: 1, slots: 1 }, client)
    return this.create(
      {
        serverId: server.id,
        contractId: server.contractId,
        name: wish.name.ascii,
        namePlace: wish.namePlace,
        // MAIL-10: mail of its programs goes where that of the name goes, which is its first server.
        outMx: wish.namePlace > 1,
        reversedName: reverseName(wish.name.ascii),
        unicodeName: wish.name.unicode,
        kind: wish.kind ?? 'own',
        testName: `${uniqueLabel()}.${testSuffix}`,
        uid,
        slot,
        quotaMb: wish.quotaMb ?? defaultDomainQuotaMb,
        phpHttp: newest,
        phpHttps: newest,
        phpStagingHttp: newest,
        phpStagingHttps: newest,
      },
      { client }
    )
  }

  /** For good, at once (DOM-05); whether it waited for its end or not. */
  async remove(author: Author) {
    await changeDomain(this, { action: 'domain_removal.store', author }, async (client, server) => {
      await server.refuseDeleted(this, client)
      await this.release(client)
    })
  }

  /** Sign-ins end at once; the row goes when the server has let go of everything (DOM-05). */
  async release(client: TransactionClientContract) {
    await releaseRows(this, client)
    this.deletedAt = DateTime.utc()
  }

  async suspend(actor: Actor) {
    await this.change('suspension.store', actor, async () => {
      this.suspendedAt ??= DateTime.utc()
    })
  }

  async resume(actor: Actor) {
    await this.change('suspension.destroy', actor, async () => {
      this.suspendedAt = null
    })
  }

  /** ALOG-01: days that logs of access, errors and FTP are kept; answers whether that changed. */
  setLogDays(logDays: number, actor: Actor) {
    return this.set('log_retention.update', () => ({ logDays }), actor)
  }

  /** `valuesFor` sees the row as it is now, which nobody else changes meanwhile. */
  set(
    action: string,
    valuesFor: (now: Domain) => Partial<MailColumns & LogSettings & WebColumns & DiskQuota>,
    actor: Actor
  ) {
    return this.change(action, actor, async (client) => {
      const now = await Domain.findOrFail(this.id, { client })
      now.merge(valuesFor(now))
      if (!now.$isDirty) return false
      await now.save()
      return true
    })
  }

  /** What a person does to a domain that he still has. */
  change(
    action: string,
    author: Author,
    work: (client: TransactionClientContract) => Promise<boolean | void>
  ): Promise<boolean> {
    return changeDomain(this, { action, author }, async (client, server) => {
      await server.refuseGone(this, client)
      return work(client)
    })
  }

  /** The server has nothing of them any more. */
  static async forget(ids: readonly number[], client: TransactionClientContract) {
    await this.query({ client })
      .whereIn('id', [...ids])
      .whereNotNull('deletedAt')
      .delete()
  }
}

async function refuseTooMany(server: Server, client: TransactionClientContract) {
  const [{ total }] = await client.from('domains').where('server_id', server.id).count('* as total')
  if (Number(total) >= domainsPerServer) {
    throw new Refusal('server_is_full', 'name', { limit: domainsPerServer })
  }
}

/** Short enough to type, too many to guess; no vowels, so no words. */
function uniqueLabel() {
  const letters = 'bcdfghjkmnpqrstvwxz23456789'
  return Array.from({ length: 10 }, () => letters[randomInt(letters.length)]).join('')
}
