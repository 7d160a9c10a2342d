import { BaseSchema } from '@adonisjs/lucid/schema'

/** ORD-07: the customer was told that a statement is there. Those of before were found without a mail. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('statements', (table) => {
      /** When its mail went out, or when it turned out that nobody is known to be told. */
      table.dateTime('told_at').nullable()
      table.string('told_to', 255).nullable()
      table.index(['told_at', 'id'])
    })
    this.defer(async (database) => {
      await database.from('statements').update({ told_at: database.raw('created_at') })
    })
  }

  async down() {
    this.schema.alterTable('statements', (table) => table.dropIndex(['told_at', 'id']))
    // Knex would build the table anew on SQLite, which rows that refer to it forbid
    this.schema.raw('alter table statements drop column told_at')
    this.schema.raw('alter table statements drop column told_to')
  }
}
