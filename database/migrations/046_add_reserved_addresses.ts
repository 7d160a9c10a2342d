import { BaseSchema } from '@adonisjs/lucid/schema'

/** NET-01: addresses of a pool that staff keep for something; no server gets them by itself. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('server_addresses', (table) => {
      /** What for. */
      table.string('reserved_for', 100).nullable()
    })
  }

  async down() {
    // Knex would build the table anew on SQLite, which rows that refer to it forbid
    this.schema.raw('alter table server_addresses drop column reserved_for')
  }
}
