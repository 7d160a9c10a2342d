import { BaseSchema } from '@adonisjs/lucid/schema'

/** Which users see their domain's whole tree by FTP (WEB-05). Domain admins always do. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('mailboxes', (table) => {
      table.boolean('ftp_right').notNullable().defaultTo(false)
    })
    this.defer(async (client) => {
      await client.from('mailboxes').where('local_part', 'admin').update({ ftp_right: true })
    })
  }

  async down() {
    // Knex would build the table anew on SQLite, which rows that refer to it forbid.
    this.schema.raw('alter table mailboxes drop column ftp_right')
  }
}
