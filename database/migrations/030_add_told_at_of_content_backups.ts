import { BaseSchema } from '@adonisjs/lucid/schema'

/** BKP-01: whoever has a domain is told of a night in which it was not backed up, once. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('content_backups', (table) => {
      table.dateTime('told_at').nullable()
    })
  }

  async down() {
    this.schema.raw('alter table content_backups drop column told_at')
  }
}
