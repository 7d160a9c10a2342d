import { BaseSchema } from '@adonisjs/lucid/schema'

/** DOM-04, OPT-10: what the secondary does not get is tried with growing pauses, and told. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('zones', (table) => {
      /** In vain, since it had the newest. */
      table.integer('secondary_tries').unsigned().notNullable().defaultTo(0)
      table.dateTime('secondary_tried_at').nullable()
      /** From the customer's own primary, as it is named now. */
      table.dateTime('received_at').nullable()
    })
  }

  async down() {
    // By the builder SQLite would copy the table
    for (const name of ['secondary_tries', 'secondary_tried_at', 'received_at'])
      this.schema.raw(`alter table zones drop column ${name}`)
  }
}
