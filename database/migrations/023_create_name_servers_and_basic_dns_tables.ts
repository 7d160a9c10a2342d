import { BaseSchema } from '@adonisjs/lucid/schema'

/** Where zones are answered, how far each got there, and what a domain's basic DNS should say (DOM-04). */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('name_servers', (table) => {
      table.increments('id')
      /** primary: fed by the panel | secondary: fetches from the primary and from customers' own */
      table.string('role', 16).notNullable().unique()
      table.string('address', 45).notNullable()
      table.integer('ssh_port').unsigned().notNullable()
      /** Null where the provider set it up himself: then the panel only speaks with its API. */
      table.string('host_key', 255).nullable()
      table.string('api_url', 255).notNullable()
      /** Encrypted. */
      table.text('api_key').notNullable()
      table.string('version', 32).nullable()
      /** What the last look at it found; null while it answers. */
      table.text('problem').nullable()
      table.dateTime('checked_at').nullable()
      table.dateTime('problem_since').nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
    })

    this.schema.createTable('basic_dns_settings', (table) => {
      table.increments('id')
      table.integer('contract_id').unsigned().notNullable().references('contracts.id')
      /** Of a domain, which may be on several servers. */
      table.string('name', 253).notNullable().unique()
      /** Who has the primary and the secondary: A both ours | B primary the customer's | C both the customer's */
      table.string('pattern', 1).notNullable()
      /** here | elsewhere (`web_target`) | none */
      table.string('web', 16).notNullable()
      table.string('web_target', 253).nullable()
      table.string('mail', 16).notNullable()
      table.string('mail_target', 253).nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
    })

    this.schema.alterTable('zones', (table) => {
      table.integer('secondary_serial').unsigned().nullable()
    })
  }

  async down() {
    this.schema.raw('alter table zones drop column secondary_serial')
    this.schema.dropTable('basic_dns_settings')
    this.schema.dropTable('name_servers')
  }
}
