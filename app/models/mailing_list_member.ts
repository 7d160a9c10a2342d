import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { MailingListMemberSchema } from '#database/schema'
import { chunked } from '#models/mailing_list/collisions'

/** `panel`: somebody put it there; `mail`: he joined by mail. */
export type MemberSource = 'panel' | 'mail'

/** Who gets the posts of one list (MAIL-06). Rows only: each within the transaction of a verb of the list. */
export default class MailingListMember extends MailingListMemberSchema {
  declare source: MemberSource

  /** Sorted, so that a list reads the same every time. */
  static async addressesOf(listId: number, client?: TransactionClientContract) {
    const rows = await this.query({ client })
      .where('mailing_list_id', listId)
      .orderBy('address')
      .pojo<{ address: string }>()
      .select('address')
    return rows.map(({ address }) => address)
  }

  /** Answers how many were not members yet. */
  static async addRows(
    listId: number,
    addresses: readonly string[],
    source: MemberSource,
    client: TransactionClientContract
  ): Promise<number> {
    let added = 0
    const now = DateTime.utc().toFormat('yyyy-MM-dd HH:mm:ss')
    for (const some of chunked([...new Set(addresses)], 200)) {
      const present = await client
        .from('mailing_list_members')
        .where('mailing_list_id', listId)
        .whereIn('address', some)
        .select('address')
      const known = new Set(present.map(({ address }) => address))
      const fresh = some.filter((address) => !known.has(address))
      if (fresh.length === 0) continue
      const rows = fresh.map((address) => ({
        mailing_list_id: listId,
        address,
        source,
        created_at: now,
      }))
      await client.insertQuery().table('mailing_list_members').multiInsert(rows)
      added += fresh.length
    }
    return added
  }

  /** Answers how many were members. */
  static async removeRows(
    listId: number,
    addresses: readonly string[],
    client: TransactionClientContract
  ): Promise<number> {
    let removed = 0
    for (const some of chunked(addresses)) {
      // By id: a deletion that finds nothing would lock a gap that other lists insert into (MariaDB).
      const rows = await client
        .from('mailing_list_members')
        .where('mailing_list_id', listId)
        .whereIn('address', some)
        .select('id')
      if (rows.length === 0) continue
      await client
        .from('mailing_list_members')
        .whereIn(
          'id',
          rows.map(({ id }) => id)
        )
        .delete()
      removed += rows.length
    }
    return removed
  }

  /** Only what differs is written, so whoever stays keeps the day on which he came. */
  static async replaceRows(
    listId: number,
    addresses: readonly string[],
    client: TransactionClientContract
  ): Promise<{ added: number; removed: number }> {
    const present = await this.addressesOf(listId, client)
    const wanted = new Set(addresses)
    const gone = present.filter((address) => !wanted.has(address))
    const removed = await this.removeRows(listId, gone, client)
    const known = new Set(present)
    const fresh = [...wanted].filter((address) => !known.has(address))
    return { added: await this.addRows(listId, fresh, 'panel', client), removed }
  }
}
