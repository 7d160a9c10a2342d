import db from '@adonisjs/lucid/services/db'
import Domain from '#models/domain'
import type Mailbox from '#models/mailbox'
import type { TestServer } from '#tests/support/test_server'

/** Columns of `mailboxes` (007_add_mail_settings) and what lies in tables of its own. */
export interface MailWish {
  readonly columns?: Readonly<Record<string, unknown>>
  readonly forwards?: readonly string[]
  readonly allowed?: readonly string[]
  readonly rejected?: readonly string[]
  readonly allowedOfDomain?: readonly string[]
}

const plain = {
  virus_warning: true,
  spam_check: true,
  spam_level: 'normal',
  spam_action: 'tag',
  forward_keeps: true,
  user_script: false,
  vacation: false,
  vacation_subject: null,
  vacation_text: null,
  vacation_from: null,
  vacation_until: null,
}

/**
 * The settings as they are stored, whatever a form would let through, and the apply of the domain. What is not
 * wished is as if it had never been set.
 */
export async function setMail(server: TestServer, mailbox: Mailbox, wish: MailWish = {}) {
  const { domainId, id } = mailbox
  await db.transaction(async (client) => {
    await client
      .from('mailboxes')
      .where({ id })
      .update({ ...plain, ...wish.columns })
    await client.from('mailbox_forwards').where('mailbox_id', id).delete()
    await client.from('mail_senders').where('domain_id', domainId).delete()
    for (const address of wish.forwards ?? [])
      await client.table('mailbox_forwards').insert({ mailbox_id: id, address })
    const own = { domain_id: domainId, list: 'allow' }
    for (const pattern of wish.allowed ?? [])
      await client.table('mail_senders').insert({ ...own, mailbox_id: id, pattern })
    for (const pattern of wish.rejected ?? [])
      await client.table('mail_senders').insert({ ...own, list: 'reject', mailbox_id: id, pattern })
    for (const pattern of wish.allowedOfDomain ?? [])
      await client.table('mail_senders').insert({ ...own, mailbox_id: null, pattern })
    await Domain.findOrFail(domainId, { client })
    await server.server.requestApply({ reason: 'tests', domainIds: [domainId] }, client)
  })
  await server.converge()
}
