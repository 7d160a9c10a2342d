import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('domains', (table) => {
      /** ALOG-01: how long logs of access, errors and FTP are kept. */
      table.integer('log_days').notNullable().defaultTo(10)
    })
  }

  async down() {
    // Knex would build the table anew on SQLite, which rows that refer to it forbid.
    this.schema.raw('alter table domains drop column log_days')
  }
}
