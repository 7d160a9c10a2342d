import { BaseSchema } from '@adonisjs/lucid/schema'

/** Which database is copied into which before two sides change places (WEB-02), and how far that is. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('staging_changes', (table) => {
      table.integer('database_source_id').unsigned().nullable()
      table.integer('database_target_id').unsigned().nullable()
      table.integer('database_transfer_id').unsigned().nullable()
    })
  }

  async down() {
    // Knex would build the table anew on SQLite, which rows that refer to it forbid.
    for (const name of ['database_source_id', 'database_target_id', 'database_transfer_id']) {
      this.schema.raw(`alter table staging_changes drop column ${name}`)
    }
  }
}
