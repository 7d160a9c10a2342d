import db from '@adonisjs/lucid/services/db'
import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { invitationDays } from '#config/contracts'
import { PasswordInvitationSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import Account from '#models/account'
import type { StaffAuthor } from '#models/actor'
import { hashOfToken, newToken } from '#models/password_invitation/token'
import { operate } from '#models/operation'
import StaffLog from '#models/staff_log'
import Task from '#models/task'
import { sqlTime } from '#models/task/clock'

export const invitationMeans = ['mail', 'letter'] as const
export type InvitationMeans = (typeof invitationMeans)[number]

/**
 * OPS-07: a link with which a contractor chooses his password himself, the first one or another after he has
 * forgotten it: nobody of the provider ever knows one. It works once, for some days, and only the newest of an account;
 * the database holds its hash.
 */
export default class PasswordInvitation extends PasswordInvitationSchema {
  declare means: InvitationMeans

  @belongsTo(() => Account)
  declare account: BelongsTo<typeof Account>

  /** To be printed: the only moment at which the token is known. */
  static byLetter(account: Account, by: StaffAuthor) {
    const token = newToken()
    const sentAt = DateTime.utc()
    const facts = { means: 'letter', tokenHash: hashOfToken(token), sentAt } as const
    return db.transaction(async (client) => {
      const invitation = await this.#replace(account, facts, by, client)
      return { invitation, token }
    })
  }

  /** The token is made when the mail goes out, so that no task ever holds it. */
  static byMail(account: Account, by: StaffAuthor) {
    return db.transaction(async (client) => {
      const invitation = await this.#replace(account, { means: 'mail' }, by, client)
      const payload = { invitationId: invitation.id }
      await Task.enqueue({ kind: 'send_invitation', payload, maxAttempts: 20 }, client)
      return invitation
    })
  }

  static async #replace(
    { id: accountId, login: target }: Account,
    facts: Pick<PasswordInvitation, 'means'> & Partial<PasswordInvitation>,
    by: StaffAuthor,
    client: TransactionClientContract
  ) {
    await client
      .from('accounts')
      .where('id', accountId)
      .update({ login: client.raw('login') })
    await this.#openOf(accountId, client).update({ replaced_at: sqlTime() })
    const expiresAt = DateTime.utc().plus({ days: invitationDays })
    const row = { ...facts, accountId, expiresAt, staffId: by.staff?.id ?? null }
    const invitation = await this.create(row, { client })
    const details = { means: facts.means }
    await StaffLog.write({ ...by, action: 'password_invitation.store', target, details }, client)
    return invitation
  }

  static #openOf(accountId: number, client: TransactionClientContract) {
    return client
      .from('password_invitations')
      .where('account_id', accountId)
      .whereNull('used_at')
      .whereNull('replaced_at')
  }

  /** Newest first; whether it worked is for staff to see. */
  static latestOf(accountId: number): Promise<PasswordInvitation | null> {
    return this.query().where({ accountId }).orderBy('id', 'desc').first()
  }

  /** With its account and contract; null for what never was one, is used, replaced or too old. */
  static open(token: string): Promise<PasswordInvitation | null> {
    return this.query()
      .where('tokenHash', hashOfToken(token))
      .whereNull('usedAt')
      .whereNull('replacedAt')
      .where('expiresAt', '>', sqlTime())
      .preload('account', (account) => account.preload('contract'))
      .first()
  }

  get isOpen() {
    return !this.usedAt && !this.replacedAt && this.expiresAt > DateTime.utc()
  }

  /** A new one for each try to send it: what was in a mail that did not leave is worth nothing. */
  async renewToken(): Promise<string> {
    const token = newToken()
    const row: PasswordInvitation = this
    await row.merge({ tokenHash: hashOfToken(token) }).save()
    return token
  }

  async markSent() {
    const row: PasswordInvitation = this
    await row.merge({ sentAt: DateTime.utc() }).save()
  }

  /** `hash` as `Account.hashOf` made it. Of two at the same moment one wins. */
  async use(hash: string, ip: string | null) {
    const { account } = this
    const operation = { action: 'password.update', target: account.login }
    await operate({ by: account, ip }, operation, async (client) => {
      const used = await client
        .from('password_invitations')
        .where('id', this.id)
        .whereNull('used_at')
        .whereNull('replaced_at')
        .where('expires_at', '>', sqlTime())
        .update({ used_at: sqlTime() })
      if (Number(used) === 0) throw new Refusal('invitation_is_over')
      await account.setPasswordHash(hash, client)
    })
  }
}
