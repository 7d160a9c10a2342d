import { BaseSchema } from '@adonisjs/lucid/schema'

const ofDomains = [
  'out_mx',
  'dkim_selector',
  'dkim_private_key',
  'dkim_public_key',
  'mta_sts',
  'mta_sts_changed_at',
  'sending_per_hour',
  'sending_per_day',
]
const ofMailboxes = [
  'virus_warning',
  'spam_check',
  'spam_level',
  'spam_action',
  'forward_keeps',
  'user_script',
  'vacation',
  'vacation_subject',
  'vacation_text',
  'vacation_from',
  'vacation_until',
  'sending_unlocked_at',
]

/** What each mailbox and each domain can have set for its mail (MAIL-03 … MAIL-11). */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('mailboxes', (table) => {
      table.boolean('virus_warning').notNullable().defaultTo(true)
      table.boolean('spam_check').notNullable().defaultTo(true)
      /** strict | normal | loose */
      table.string('spam_level', 16).notNullable().defaultTo('normal')
      /** tag | quarantine | delete */
      table.string('spam_action', 16).notNullable().defaultTo('tag')
      /** Whether a message that is forwarded stays here too. */
      table.boolean('forward_keeps').notNullable().defaultTo(true)
      table.boolean('user_script').notNullable().defaultTo(false)
      table.boolean('vacation').notNullable().defaultTo(false)
      table.string('vacation_subject').nullable()
      table.text('vacation_text').nullable()
      /** First and last day of it in Japan, `YYYY-MM-DD`; open where null. */
      table.string('vacation_from', 10).nullable()
      table.string('vacation_until', 10).nullable()
      /** What was sent before this counts no more: a locked account sends again (MAIL-11). */
      table.dateTime('sending_unlocked_at').nullable()
    })

    this.schema.alterTable('domains', (table) => {
      table.boolean('out_mx').notNullable().defaultTo(false)
      table.string('dkim_selector', 63).nullable()
      /** PEM (PKCS #8), encrypted with the application's key. */
      table.text('dkim_private_key').nullable()
      /** Base64 (SubjectPublicKeyInfo), as it is published. */
      table.text('dkim_public_key').nullable()
      /** none | testing | enforce (RFC 8461) */
      table.string('mta_sts', 16).notNullable().defaultTo('none')
      table.dateTime('mta_sts_changed_at').nullable()
      /** Recipients that one account may send to. */
      table.integer('sending_per_hour').unsigned().notNullable().defaultTo(300)
      table.integer('sending_per_day').unsigned().notNullable().defaultTo(2000)
    })

    this.schema.createTable('mailbox_forwards', (table) => {
      table.increments('id')
      table.integer('mailbox_id').unsigned().notNullable().references('mailboxes.id')
      /** Lower case, A-labels: loops are looked for by it. */
      table.string('address', 320).notNullable().index()
      table.unique(['mailbox_id', 'address'])
    })

    this.schema.createTable('mail_senders', (table) => {
      table.increments('id')
      table.integer('domain_id').unsigned().notNullable().references('domains.id')
      /** Null: for all users of the domain. */
      table.integer('mailbox_id').unsigned().nullable().references('mailboxes.id')
      /** allow (MAIL-05) | reject (MAIL-08) */
      table.string('list', 8).notNullable()
      /** `user@example.jp`, `example.jp`, `192.0.2.1` or `192.0.2.0/24`. */
      table.string('pattern', 320).notNullable()
      table.index(['domain_id', 'list'])
      table.index(['mailbox_id', 'list'])
    })
  }

  async down() {
    this.schema.dropTable('mail_senders')
    this.schema.dropTable('mailbox_forwards')
    // Knex would build the table anew on SQLite, which rows that refer to it forbid.
    for (const name of ofDomains) this.schema.raw(`alter table domains drop column ${name}`)
    for (const name of ofMailboxes) this.schema.raw(`alter table mailboxes drop column ${name}`)
  }
}
