import { BaseSchema } from '@adonisjs/lucid/schema'

/** ORD-06: a word of the customer's that nobody answered yet, and what of a contract is still open. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('orders', (table) => {
      table.dateTime('customer_wrote_at').nullable()
      table.index(['contract_id', 'state', 'id'])
    })
  }

  async down() {
    this.schema.alterTable('orders', (table) => table.dropIndex(['contract_id', 'state', 'id']))
    // Knex would build the table anew on SQLite, which rows that refer to it forbid
    this.schema.raw('alter table orders drop column customer_wrote_at')
  }
}
