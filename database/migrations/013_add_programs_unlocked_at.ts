import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('domains', (table) => {
      /** What the domain's programs sent before this counts no more: they send again (MAIL-11). */
      table.dateTime('programs_unlocked_at').nullable()
    })
  }

  async down() {
    // Knex would build the table anew on SQLite, which rows that refer to it forbid.
    this.schema.raw('alter table domains drop column programs_unlocked_at')
  }
}
