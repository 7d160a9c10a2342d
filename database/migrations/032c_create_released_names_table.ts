import { BaseSchema } from '@adonisjs/lucid/schema'

/** OPT-10: names of zones that were deleted stay with their contract for a while: registrars may still lead here. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('released_names', (table) => {
      table.increments('id')
      table.string('name', 253).notNullable().index()
      table.string('reversed_name', 254).notNullable().index()
      const contract = table.integer('contract_id').unsigned().notNullable()
      contract.references('contracts.id')
      table.dateTime('until').notNullable().index()
    })
  }

  async down() {
    this.schema.dropTable('released_names')
  }
}
