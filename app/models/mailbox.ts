import { belongsTo, hasOne } from '@adonisjs/lucid/orm'
import type { BelongsTo, HasOne } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { MailboxSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import Account, { type AccountRole } from '#models/account'
import { hashPassword, hashSshPassword } from '#models/account/password'
import type { Actor } from '#models/actor'
import Domain from '#models/domain'
import { isDuplicate } from '#models/domain/name_claim'
import { demandedBy, senderFeatures, unrestricted } from '#models/mailbox/demands'
import { addMailboxRows } from '#models/mailbox/rows'
import {
  refuseLists,
  refuseLoop,
  refuseServers,
  type Forwarding,
  type MailboxChange,
  type MailboxSettings,
  type SpamCheck,
  type Vacation,
} from '#models/mailbox/settings'
import MailboxForward from '#models/mailbox_forward'
import MailSender, { type SenderList } from '#models/mail_sender'
import { refuseNamesOfLists } from '#models/mailing_list/collisions'
import { longestList } from '#models/mail_address/list'
import { operate, unchanged } from '#models/operation'
import type { Feature } from '#models/restriction/feature'
import { Restrictions } from '#models/restriction/restrictions'
import Server from '#models/server'

export interface NewMailbox {
  /** Lower case, as `checkLocalPart` answered it. */
  readonly localPart: string
  readonly description?: string | null
  readonly quotaMb?: number
  /** By `hashPassword`. */
  readonly passwordHash: string
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

  /** Outside of any transaction: it takes tens of milliseconds. */
  hashOf(plain: string) {
    return this.isAdmin ? hashSshPassword(plain) : hashPassword(plain)
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
          await refuseNamesOfLists(domain.id, [wish.localPart], client)
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
    const { localPart, role } = wish
    const description = wish.description ?? null
    const quotaMb = wish.quotaMb ?? domain.newMailboxQuotaMb
    const row = { localPart, role, description, quotaMb, passwordHash }
    await addMailboxRows(domain, server, [row], client)
    return this.query({ client })
      .where({ domain_id: domain.id, local_part: localPart })
      .firstOrFail()
  }

  /** Each verb answers whether anything changed: a form may be sent as it was. */
  edit(change: MailboxChange, actor: Actor) {
    return this.change('mailbox.update', demandedBy(change), actor, async (mailbox, client) => {
      if (change.description !== undefined) mailbox.description = change.description
      if (change.quotaMb !== undefined) mailbox.quotaMb = change.quotaMb
      const isEdited = await saved(mailbox, client)
      if (!change.passwordHash) return isEdited
      const account = await Account.findByOrFail('mailboxId', this.id, { client })
      await account.setPasswordHash(change.passwordHash, client)
      return true
    })
  }

  /** MAIL-03. */
  setVirusWarning(virusWarning: boolean, actor: Actor) {
    return this.set('virus_warning.update', ['virus_warning'], { virusWarning }, actor)
  }

  /** MAIL-04. */
  setSpamCheck(check: SpamCheck, actor: Actor) {
    const { on: spamCheck, level: spamLevel, action: spamAction } = check
    return this.set(
      'spam_check.update',
      ['spam_check'],
      { spamCheck, spamLevel, spamAction },
      actor
    )
  }

  /** MAIL-09. */
  setUserScript(userScript: boolean, actor: Actor) {
    return this.set('user_script.update', ['user_script'], { userScript }, actor)
  }

  setVacation({ on: vacation, subject, text, from, until }: Vacation, actor: Actor) {
    const words = { vacationSubject: subject, vacationText: text }
    const days = { vacationFrom: from, vacationUntil: until }
    return this.set('vacation.update', unrestricted, { vacation, ...words, ...days }, actor)
  }

  /** WEB-05: whether he sees the domain's whole tree by FTP, as its admin always does, or only his home. */
  setFtpRight(ftpRight: boolean, actor: Actor) {
    return this.change('ftp_right.update', unrestricted, actor, async (mailbox, client) => {
      if (mailbox.isAdmin && !ftpRight) throw new Refusal('admin_keeps_ftp_right', 'ftp_right')
      return saved(mailbox.merge({ ftpRight }), client)
    })
  }

  /** MAIL-11: what was sent until now counts no more, so a locked account sends again. */
  unlockSending(actor: Actor) {
    return this.set(
      'sending_unlock.store',
      unrestricted,
      { sendingUnlockedAt: DateTime.utc() },
      actor
    )
  }

  /** MAIL-05, MAIL-08. */
  setSenders(list: SenderList, patterns: readonly string[], actor: Actor, seen?: string | null) {
    const [action, feature] = senderFeatures[list]
    return this.change(action, [feature], actor, ({ id: mailboxId, domainId }, client) =>
      MailSender.replace({ domainId, mailboxId }, list, patterns, seen ?? null, client)
    )
  }

  /** MAIL-05: besides those that are on the list. */
  allowSenders(patterns: readonly string[], actor: Actor) {
    return this.change('allowed_senders.update', ['spam_check'], actor, async (mailbox, client) => {
      const owner = { domainId: mailbox.domainId, mailboxId: mailbox.id }
      const present = await MailSender.patternsOf(owner, 'allow', client)
      const all = [...new Set([...present, ...patterns])]
      if (all.length > longestList) throw new Refusal('allow_list_is_full')
      return MailSender.replace(owner, 'allow', all, null, client)
    })
  }

  /** MAIL-07: the targets are checked by `checkForward`; what would come back here is refused. */
  setForwarding({ to, keep }: Forwarding, actor: Actor, seen?: string | null) {
    return this.change('forwards.update', ['forwarding'], actor, async (mailbox, client) => {
      await refuseLists(this.domainId, to, client)
      await refuseServers(to, client)
      mailbox.forwardKeeps = keep
      const isReplaced = await MailboxForward.replace(mailbox.id, to, seen ?? null, client)
      await refuseLoop(mailbox, to, actor, client)
      return (await saved(mailbox, client)) || isReplaced
    })
  }

  remove(actor: Actor) {
    return this.change('mailbox.destroy', unrestricted, actor, async (mailbox, client) => {
      if (mailbox.isAdmin) throw new Refusal('admin_mailbox_stays')
      await deleteMailboxRows([mailbox.id], client)
      return true
    })
  }

  /** All of them or none, and one apply for all. */
  static removeAll(domain: Domain, mailboxes: readonly Mailbox[], actor: Actor) {
    const action = 'mailbox.destroy'
    const targets = mailboxes.map(({ localPart }) => `${localPart}@${domain.unicodeName}`)
    const operations = targets.map((target) => ({ action, target, domainId: domain.id }))
    return operate(actor, operations, async (client) => {
      const server = await lockServerOf(domain, client)
      if (mailboxes.some(({ isAdmin }) => isAdmin)) throw new Refusal('admin_mailbox_stays')
      const gone = await deleteMailboxRows(
        mailboxes.map(({ id }) => id),
        client
      )
      if (gone < mailboxes.length) throw new Refusal('some_users_are_gone')
      const reason = `${action} ${targets.length > 1 ? domain.unicodeName : targets[0]}`
      await server.requestApply({ reason, domainIds: [domain.id], by: actor.by }, client)
    })
  }

  private set(
    action: string,
    features: readonly Feature[],
    values: Partial<MailboxSettings>,
    actor: Actor
  ) {
    return this.change(action, features, actor, (mailbox, client) =>
      saved(mailbox.merge(values), client)
    )
  }

  /**
   * `work` gets the row as it is now, which nobody else changes meanwhile; false: it was so already.
   * `features`: what can be restricted (USR-08) of what is changed.
   */
  private async change(
    action: string,
    features: readonly Feature[],
    actor: Actor,
    work: (mailbox: Mailbox, client: TransactionClientContract) => Promise<boolean>
  ): Promise<boolean> {
    const domain = await Domain.findOrFail(this.domainId)
    const target = `${this.localPart}@${domain.unicodeName}`
    const operation = { action, target, domainId: domain.id }
    const attempt = async (client: TransactionClientContract) => {
      const server = await lockServerOf(domain, client)
      const mailbox = await Mailbox.query({ client }).where('id', this.id).first()
      if (!mailbox) throw new Refusal('some_users_are_gone')
      const restrictions = await Restrictions.of(domain, actor, client)
      for (const feature of features) restrictions.refuse(feature, mailbox)
      if (!(await work(mailbox, client))) return unchanged
      const reason = `${action} ${target}`
      await server.requestApply({ reason, domainIds: [domain.id], by: actor.by }, client)
    }
    const result = await operate(actor, operation, attempt, 8)
    return result !== unchanged
  }
}

/** Answers whether there was anything to save. */
async function saved(mailbox: Mailbox, client: TransactionClientContract) {
  if (!mailbox.$isDirty) return false
  await mailbox.useTransaction(client).save()
  return true
}

/** With all that is theirs; answers how many were there. */
export async function deleteMailboxRows(ids: readonly number[], client: TransactionClientContract) {
  const whose = [...ids]
  await Account.query({ client }).whereIn('mailboxId', whose).delete()
  await client.from('mail_senders').whereIn('mailbox_id', whose).delete()
  await client.from('mailbox_forwards').whereIn('mailbox_id', whose).delete()
  await client.from('restriction_exemptions').whereIn('mailbox_id', whose).delete()
  const [count] = await Mailbox.query({ client }).whereIn('id', whose).delete()
  return Number(count)
}

async function lockServerOf(domain: Domain, client: TransactionClientContract) {
  const server = await Server.lock(domain.serverId, client)
  await server.refuseGone(domain, client)
  return server
}
