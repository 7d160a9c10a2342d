import { BaseSchema } from '@adonisjs/lucid/schema'

/** SRV-02: machines of the provider's own, from the day on which they stand there until they are a customer's server. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('physical_machines', (table) => {
      table.increments('id')
      /** As staff call it: the label on the box. */
      table.string('name', 64).notNullable().unique()
      /** `SAS` or `SSD`. */
      table.string('plan', 8).notNullable()
      table.string('address', 45).notNullable().unique()
      table.integer('ssh_port').unsigned().notNullable()
      /** registered | fit | unfit | stock | assigned | used */
      table.string('state', 16).notNullable()
      /** What it showed at the last look. */
      table.text('shown_key').nullable()
      /** Pinned: somebody has compared it. */
      table.text('host_key').nullable()
      /** JSON of the last look, as the machine tells it. */
      table.text('facts').nullable()
      /** JSON: codes and what they are about. */
      table.text('problems').nullable()
      table.dateTime('looked_at').nullable()
      /** Of the last look. */
      table.integer('task_id').unsigned().nullable()
      table.integer('server_id').unsigned().nullable().unique().references('servers.id')
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
      table.index(['state', 'plan'])
    })
  }

  async down() {
    this.schema.dropTable('physical_machines')
  }
}
