import { BaseSchema } from '@adonisjs/lucid/schema'

/** PNL-08. Rows outlive what they speak of, so names are kept as text and nothing is a foreign key. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('operation_logs', (table) => {
      table.bigIncrements('id')
      table.integer('contract_id').unsigned().nullable()
      table.integer('domain_id').unsigned().nullable()
      table.integer('account_id').unsigned().nullable()
      table.string('actor', 320).notNullable()
      table.string('role', 16).notNullable()
      table.string('action', 64).notNullable()
      table.string('target', 320).nullable()
      table.boolean('succeeded').notNullable()
      table.string('ip', 45).nullable()
      table.dateTime('created_at').notNullable()
      table.index(['contract_id', 'id'])
      table.index(['domain_id', 'id'])
      table.index(['account_id', 'id'])
      table.index(['created_at'])
    })
  }

  async down() {
    this.schema.dropTable('operation_logs')
  }
}
