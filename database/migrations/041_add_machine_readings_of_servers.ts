import { BaseSchema } from '@adonisjs/lucid/schema'

/** SRV-03: what the machines of servers were found as, so that lists need not ask each of them. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('servers', (table) => {
      /** As its compute node said last; null for one that was never looked at. */
      table.string('machine_status', 12).nullable()
      table.dateTime('looked_at').nullable()
      /** Of the whole machine with its domains' volumes. */
      table.bigInteger('disk_used_mb').nullable()
    })
  }

  async down() {
    // Knex would build the table anew on SQLite, which rows that refer to it forbid
    for (const name of ['machine_status', 'looked_at', 'disk_used_mb']) {
      this.schema.raw(`alter table servers drop column ${name}`)
    }
  }
}
