import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import Account from '#models/account'
import Backup from '#models/backup'
import Certificate from '#models/certificate'
import ContentSyncSchedule from '#models/content_sync_schedule'
import { removeDatabaseRows } from '#models/database/rows'
import type Domain from '#models/domain'
import Restriction from '#models/restriction'
import WafException from '#models/waf_exception'
import { releaseDns } from '#models/zone/of_domain'

/** DOM-05: all that hangs on a domain, so that nobody signs in by it and its names are free. */
export async function releaseRows(domain: Domain, client: TransactionClientContract) {
  const { id } = domain
  await Account.query({ client }).where('domainId', id).delete()
  await removeListsOf(id, client)
  await removeDatabaseRows(id, client)
  await Restriction.forget(id, client)
  await Certificate.forget(id, client)
  await ContentSyncSchedule.forget(id, client)
  await Backup.end(id, client)
  await WafException.forget(id, client)
  // Others' rows name them
  await removeMailboxesOf(id, client)
  await client.from('domain_deletions').where('domain_id', id).delete()
  await releaseDns(domain, client)
}

async function removeMailboxesOf(domainId: number, client: TransactionClientContract) {
  const mailboxes = client.from('mailboxes').where('domain_id', domainId)
  await client.from('mail_senders').where('domain_id', domainId).delete()
  await client
    .from('mailbox_forwards')
    .whereIn('mailbox_id', mailboxes.clone().select('id'))
    .delete()
  await mailboxes.delete()
}

async function removeListsOf(domainId: number, client: TransactionClientContract) {
  const lists = await client.from('mailing_lists').where('domain_id', domainId).select('id')
  const ids = lists.map(({ id }) => id)
  for (const table of ['mailing_list_members', 'mailing_list_moderators']) {
    await client.from(table).whereIn('mailing_list_id', ids).delete()
  }
  await client.from('mailing_lists').whereIn('id', ids).delete()
}
