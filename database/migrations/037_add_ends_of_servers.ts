import { BaseSchema } from '@adonisjs/lucid/schema'

/** ORD-04: a server that was cancelled is stopped on its last day and kept a while before it is removed. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('servers', (table) => {
      /** Its last day, in Japan. */
      table.string('ended_on', 10).nullable()
      table.dateTime('removes_at').nullable().index()
    })
  }

  async down() {
    this.schema.alterTable('servers', (table) => table.dropIndex(['removes_at']))
    // Knex would build the table anew on SQLite, which rows that refer to it forbid
    for (const name of ['ended_on', 'removes_at']) {
      this.schema.raw(`alter table servers drop column ${name}`)
    }
  }
}
