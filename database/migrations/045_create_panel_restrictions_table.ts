import { BaseSchema } from '@adonisjs/lucid/schema'

/** PNL-07: from where the panel can be used by the people of a contract; without a row, from anywhere. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('panel_restrictions', (table) => {
      table.increments('id')
      table.integer('contract_id').unsigned().notNullable().unique().references('contracts.id')
      /** JSON: addresses and networks, as `checkSource` spells them. */
      table.text('sources').notNullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
    })
  }

  async down() {
    this.schema.dropTable('panel_restrictions')
  }
}
