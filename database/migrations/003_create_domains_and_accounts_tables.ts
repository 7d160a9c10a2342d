import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.createTable('domains', (table) => {
      table.increments('id')
      table.integer('server_id').unsigned().notNullable().references('servers.id')
      /** The server's own, so that a contractor's list of thousands is one range of an index. */
      table.integer('contract_id').unsigned().notNullable().references('contracts.id')
      /** A-label form; unique over all customers because mail between two domains of a server stays inside. */
      table.string('name', 253).notNullable().unique()
      /** Labels from the right with a dot after each, `jp.example.`: names below one are a range of the index. */
      table.string('reversed_name', 254).notNullable().index()
      /** As the customer writes it, e.g. `日本語.jp`. */
      table.string('unicode_name', 253).notNullable()
      /** own | ready */
      table.string('kind', 16).notNullable()
      table.string('test_name', 253).notNullable().unique()
      table.integer('uid').unsigned().notNullable()
      table.integer('slot').unsigned().notNullable()
      table.integer('quota_mb').unsigned().notNullable()
      table.string('php_http', 8).notNullable()
      table.string('php_https', 8).notNullable()
      table.string('php_staging_http', 8).notNullable()
      table.string('php_staging_https', 8).notNullable()
      table.dateTime('suspended_at').nullable()
      /** Set when its deletion was confirmed; the row goes when the server has let go of everything. */
      table.dateTime('deleted_at').nullable()
      /** When the server last had exactly this; null until the first apply. */
      table.dateTime('applied_at').nullable()
      /** Why the last apply left this domain out, in the customer's words. */
      table.text('apply_error').nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
      table.unique(['server_id', 'uid'])
      table.unique(['server_id', 'slot'])
      table.index(['server_id', 'name'])
      table.index(['contract_id', 'name'])
      table.index(['contract_id', 'quota_mb', 'id'])
    })

    this.schema.createTable('mailboxes', (table) => {
      table.increments('id')
      table.integer('domain_id').unsigned().notNullable().references('domains.id')
      table.string('local_part', 64).notNullable()
      table.string('description').nullable()
      table.integer('uid').unsigned().notNullable()
      table.integer('quota_mb').unsigned().notNullable()
      table.dateTime('suspended_at').nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
      table.unique(['domain_id', 'local_part'])
    })

    this.schema.createTable('accounts', (table) => {
      table.increments('id')
      table.string('login', 320).notNullable().unique()
      /** contractor | domain_admin | mailbox */
      table.string('role', 16).notNullable()
      /** The only copy, as app/models/account/password.ts makes it: panel, mail and SSH verify the same hash. */
      table.string('password').notNullable()
      table.integer('contract_id').unsigned().notNullable().references('contracts.id').index()
      table.integer('domain_id').unsigned().nullable().references('domains.id')
      table.integer('mailbox_id').unsigned().nullable().unique().references('mailboxes.id')
      /** Sessions that began before this are over (password change). */
      table.dateTime('password_changed_at').nullable()
      table.dateTime('last_signed_in_at').nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
      /** Heads of a server's domains come with their admin's hash, without a look at other accounts. */
      table.index(['domain_id', 'role'])
    })
  }

  async down() {
    for (const name of ['accounts', 'mailboxes', 'domains']) this.schema.dropTable(name)
  }
}
