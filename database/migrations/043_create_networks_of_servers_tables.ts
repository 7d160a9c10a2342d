import { BaseSchema } from '@adonisjs/lucid/schema'

/** NET-01 to NET-03: who may reach a server from outside, and the network that a contract's servers have of their own. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('firewall_rules', (table) => {
      table.increments('id')
      table.integer('server_id').unsigned().notNullable().references('servers.id')
      /** `80`, or `10000-10999`. A port without a row is open to all. */
      table.string('port', 11).notNullable()
      /** JSON, of IPv4 and IPv6 addresses and networks: at most 50. */
      table.text('sources').notNullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').notNullable()
      table.unique(['server_id', 'port'])
    })

    this.schema.createTable('private_networks', (table) => {
      table.increments('id')
      table.integer('contract_id').unsigned().notNullable().unique().references('contracts.id')
      table.string('cidr', 18).notNullable().unique()
      /** Of each compute node: what the cards of the servers hang on. */
      table.string('bridge', 15).notNullable().unique()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').notNullable()
    })

    this.schema.alterTable('servers', (table) => {
      table.boolean('global_connected').notNullable().defaultTo(true)
      /** It is in its contract's private network as long as it has one. */
      table.string('private_address', 15).nullable().unique()
    })
  }

  async down() {
    this.schema.alterTable('servers', (table) => table.dropUnique(['private_address']))
    // Knex would build the table anew on SQLite, which rows that refer to it forbid
    for (const name of ['global_connected', 'private_address']) {
      this.schema.raw(`alter table servers drop column ${name}`)
    }
    this.schema.dropTable('private_networks')
    this.schema.dropTable('firewall_rules')
  }
}
