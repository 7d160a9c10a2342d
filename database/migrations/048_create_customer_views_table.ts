import { BaseSchema } from '@adonisjs/lucid/schema'

/** OPS-07: staff looked at a customer's pages as he sees them. What they looked at is in the staff's log. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('customer_views', (table) => {
      table.increments('id')
      table.integer('staff_id').unsigned().notNullable().references('staff.id')
      table.integer('contract_id').unsigned().notNullable().references('contracts.id')
      // No foreign key: it stays when the account goes.
      table.integer('account_id').unsigned().notNullable()
      table.string('login', 320).notNullable()
      table.string('reason', 200).notNullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('ends_at').notNullable()
      table.dateTime('ended_at').nullable()
      table.index(['contract_id', 'id'])
      table.index(['staff_id', 'ended_at'])
    })
  }

  async down() {
    this.schema.dropTable('customer_views')
  }
}
