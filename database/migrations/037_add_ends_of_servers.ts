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
    this.schema.alterTable('servers', (table) => {
      table.dropIndex(['removes_at'])
      table.dropColumns('ended_on', 'removes_at')
    })
  }
}
