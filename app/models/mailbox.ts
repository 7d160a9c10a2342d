import { belongsTo, hasOne } from '@adonisjs/lucid/orm'
import type { BelongsTo, HasOne } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { MailboxSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import Account, { type AccountRole } from '#models/account'
import type { Actor } from '#models/actor'
import Domain from '#models/domain'
import { isDuplicate } from '#models/domain/name_claim'
import { operate } from '#models/operation'
import Server from '#models/server'

export interface NewMailbox {
  /** Lower case, as `checkLocalPart` answered it. */
  readonly localPart: string
  readonly description?: string | null
  readonly quotaMb?: number
  readonly passwordHash: string
}

export interface MailboxChange {
  readonly description?: string | null
  readonly quotaMb?: number
  /** Absent: the password stays. */
  readonly passwordHash?: string
}

/** A user of a domain (ユーザ): a mail account and its home. The one called `admin` is the domain admin's. */
export default class Mailbox extends MailboxSchema {
  @belongsTo(() => Domain)
  declare domain: BelongsTo<typeof Domain>

  @hasOne(() => Account)
  declare account: HasOne<typeof Account>

  get isAdmin() {
    return this.localPart === 'admin'
  }

  /** MAIL-01: the mailbox and the account that signs in to it. */
  static async add(domain: Domain, wish: NewMailbox, actor: Actor): Promise<Mailbox> {
    const target = `${wish.localPart}@${domain.unicodeName}`
    try {
      return await operate(
        actor,
        { action: 'mailbox.store', target, domainId: domain.id },
        async (client) => {
          const server = await lockServerOf(domain, client)
          const mailbox = await this.make(
            domain,
            { ...wish, role: 'mailbox' },
            server,
            wish.passwordHash,
            client
          )
          await server.requestApply(
            { reason: `mailbox.store ${target}`, domainIds: [domain.id], by: actor.by },
            client
          )
          return mailbox
        }
      )
    } catch (error) {
      if (isDuplicate(error)) throw new Refusal('local_part_is_taken', 'local_part')
      throw error
    }
  }

  /** Rows only: inside the transaction of whoever adds a domain or a mailbox. */
  static async make(
    domain: Domain,
    wish: Omit<NewMailbox, 'passwordHash'> & { role: Exclude<AccountRole, 'contractor'> },
    server: Server,
    passwordHash: string,
    client: TransactionClientContract
  ) {
    const { firstUid: uid } = await server.takeIds({ uids: 1, slots: 0 }, client)
    const mailbox = await this.create(
      {
        domainId: domain.id,
        localPart: wish.localPart,
        description: wish.description ?? null,
        quotaMb: wish.quotaMb ?? domain.newMailboxQuotaMb,
        uid,
      },
      { client }
    )
    await Account.create(
      {
        login: `${wish.localPart}@${domain.name}`,
        role: wish.role,
        password: passwordHash,
        contractId: server.contractId,
        domainId: domain.id,
        mailboxId: mailbox.id,
      },
      { client }
    )
    return mailbox
  }

  edit(change: MailboxChange, actor: Actor) {
    return this.change('mailbox.update', actor, async (client) => {
      if (change.description !== undefined) this.description = change.description
      if (change.quotaMb !== undefined) this.quotaMb = change.quotaMb
      await this.useTransaction(client).save()
      if (!change.passwordHash) return
      const account = await Account.findByOrFail('mailboxId', this.id, { client })
      await account.setPasswordHash(change.passwordHash, client)
    })
  }

  remove(actor: Actor) {
    return this.change('mailbox.destroy', actor, async (client) => {
      if (this.isAdmin) throw new Refusal('admin_mailbox_stays')
      await Account.query({ client }).where('mailboxId', this.id).delete()
      await client.from('mail_senders').where('mailbox_id', this.id).delete()
      await client.from('mailbox_forwards').where('mailbox_id', this.id).delete()
      await this.useTransaction(client).delete()
    })
  }

  private async change(
    action: string,
    actor: Actor,
    work: (client: TransactionClientContract) => Promise<void>
  ) {
    const domain = await Domain.findOrFail(this.domainId)
    const target = `${this.localPart}@${domain.unicodeName}`
    await operate(actor, { action, target, domainId: domain.id }, async (client) => {
      const server = await lockServerOf(domain, client)
      await work(client)
      await server.requestApply(
        { reason: `${action} ${target}`, domainIds: [domain.id], by: actor.by },
        client
      )
    })
  }
}

async function lockServerOf(domain: Domain, client: TransactionClientContract) {
  const server = await Server.lock(domain.serverId, client)
  await server.refuseGone(domain, client)
  return server
}
