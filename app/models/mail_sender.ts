import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { MailSenderSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import { replaceRows, sameValues, versionOf } from '#models/mail_address/list'

/** `allow`: no spam check, never rejected (MAIL-05). `reject`: refused (MAIL-08). */
export type SenderList = 'allow' | 'reject'

/** Whose list it is: of one user, or of all users of a domain. */
export interface SenderListOwner {
  readonly domainId: number
  readonly mailboxId: number | null
}

/** One entry of a list of senders. */
export default class MailSender extends MailSenderSchema {
  declare list: SenderList

  /** Sorted, so that a list reads the same every time. */
  static async patternsOf(
    { domainId, mailboxId }: SenderListOwner,
    list: SenderList,
    client?: TransactionClientContract
  ): Promise<string[]> {
    const query = this.query({ client }).where({ domain_id: domainId, list })
    if (mailboxId === null) query.whereNull('mailbox_id')
    else query.where('mailbox_id', mailboxId)
    const rows = await query.orderBy('pattern').pojo<{ pattern: string }>().select('pattern')
    return rows.map(({ pattern }) => pattern)
  }

  /**
   * Answers whether anything changed. `seen`: the version of the list that was typed over; somebody
   * else's entries are not lost unseen.
   */
  static async replace(
    owner: SenderListOwner,
    list: SenderList,
    patterns: readonly string[],
    seen: string | null,
    client: TransactionClientContract
  ): Promise<boolean> {
    const present = await this.patternsOf(owner, list, client)
    if (sameValues(present, patterns)) return false
    if (seen !== null && seen !== versionOf(present)) {
      throw new Refusal('list_was_changed_meanwhile', 'senders')
    }
    const row = { domain_id: owner.domainId, mailbox_id: owner.mailboxId, list }
    await replaceRows(client, { table: 'mail_senders', column: 'pattern', row }, patterns)
    return true
  }
}
