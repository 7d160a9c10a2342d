import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('domains', (table) => {
      /** WEB-03: values of php.ini by name, and pages by status (WEB-01); JSON. Null: all as the server has it. */
      table.text('php_settings').nullable()
      table.text('error_pages').nullable()
      /** When somebody last asked that PHP reads the customer's own php.ini anew. */
      table.dateTime('php_reloaded_at').nullable()
    })
  }

  async down() {
    // Knex would build the table anew on SQLite, which rows that refer to it forbid.
    for (const column of ['php_settings', 'error_pages', 'php_reloaded_at']) {
      this.schema.raw(`alter table domains drop column ${column}`)
    }
  }
}
