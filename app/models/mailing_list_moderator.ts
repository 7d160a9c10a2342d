import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { MailingListModeratorSchema } from '#database/schema'
import { replaceRows, sameValues } from '#models/mail_address/list'

/** Who is asked by mail about posts that wait (MAIL-06); the domain admin decides in the panel, too. */
export default class MailingListModerator extends MailingListModeratorSchema {
  static async addressesOf(listId: number, client?: TransactionClientContract) {
    const rows = await this.query({ client })
      .where('mailing_list_id', listId)
      .orderBy('address')
      .pojo<{ address: string }>()
      .select('address')
    return rows.map(({ address }) => address)
  }

  /** Answers whether anything changed. */
  static async replace(
    listId: number,
    addresses: readonly string[],
    client: TransactionClientContract
  ): Promise<boolean> {
    if (sameValues(await this.addressesOf(listId, client), addresses)) return false
    const row = { mailing_list_id: listId }
    await replaceRows(
      client,
      { table: 'mailing_list_moderators', column: 'address', row },
      addresses
    )
    return true
  }
}
