import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { MailboxForwardSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import { replaceRows, sameValues, versionOf } from '#models/mail_address/list'

/** An address that one user's mail is forwarded to (MAIL-07). */
export default class MailboxForward extends MailboxForwardSchema {
  static async addressesOf(mailboxId: number, client?: TransactionClientContract) {
    const rows = await this.query({ client })
      .where('mailbox_id', mailboxId)
      .orderBy('address')
      .pojo<{ address: string }>()
      .select('address')
    return rows.map(({ address }) => address)
  }

  /** Answers whether anything changed; `seen` as for lists of senders. */
  static async replace(
    mailboxId: number,
    addresses: readonly string[],
    seen: string | null,
    client: TransactionClientContract
  ): Promise<boolean> {
    const present = await this.addressesOf(mailboxId, client)
    if (sameValues(present, addresses)) return false
    if (seen !== null && seen !== versionOf(present)) {
      throw new Refusal('list_was_changed_meanwhile', 'forwards')
    }
    const row = { mailbox_id: mailboxId }
    await replaceRows(client, { table: 'mailbox_forwards', column: 'address', row }, addresses)
    return true
  }
}
