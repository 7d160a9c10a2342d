import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.createTable('contracts', (table) => {
      table.increments('id')
      /** What the contractor signs in with, e.g. `c000001`. */
      table.string('code', 32).notNullable().unique()
      table.string('name').notNullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
    })

    this.schema.createTable('staff', (table) => {
      table.increments('id')
      table.string('login', 64).notNullable().unique()
      table.string('name').notNullable()
      table.string('password').notNullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
    })

    this.schema.createTable('compute_nodes', (table) => {
      table.increments('id')
      table.string('name', 64).notNullable().unique()
      /** `lxd` (LXD and Incus speak the same) or `adopted`. */
      table.string('driver', 16).notNullable()
      /** Path of a unix socket, or an https URL. */
      table.string('endpoint').nullable()
      table.string('project', 64).nullable()
      table.string('pool', 64).nullable()
      table.string('bridge', 32).nullable()
      /** Network of the servers in CIDR form, and its gateway. */
      table.string('cidr', 32).nullable()
      table.string('gateway', 45).nullable()
      table.string('image', 128).nullable()
      /** Every instance and volume of ours starts with this; nothing else is ever touched. */
      table.string('prefix', 32).notNullable().defaultTo('tsukasa-')
      table.text('client_certificate').nullable()
      table.text('client_key').nullable()
      table.text('server_certificate').nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
    })

    this.schema.createTable('servers', (table) => {
      table.increments('id')
      table.integer('contract_id').unsigned().notNullable().references('contracts.id').index()
      table.integer('compute_node_id').unsigned().notNullable().references('compute_nodes.id')
      table.string('name', 32).notNullable().unique()
      /** Name of the instance on its compute node. */
      table.string('instance', 64).notNullable().unique()
      table.string('hostname').notNullable()
      table.string('kind', 16).notNullable()
      table.string('plan', 8).notNullable()
      table.string('state', 16).notNullable()
      table.string('description').nullable()
      table.string('address', 45).nullable()
      table.integer('ssh_port').unsigned().notNullable().defaultTo(11122)
      /** SHA-256 fingerprint-able public host key, pinned when the server is built. */
      table.text('host_key').nullable()
      table.string('php_versions', 64).notNullable().defaultTo('8.4,8.2')
      table.integer('extra_disk_gb').unsigned().notNullable().defaultTo(0)
      /** Counters: ids of Unix accounts and loopback slots are never given out twice on a server. */
      table.integer('next_uid').unsigned().notNullable().defaultTo(20001)
      table.integer('next_slot').unsigned().notNullable().defaultTo(1)
      table.dateTime('last_converged_at').nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
    })

    this.schema.createTable('server_addresses', (table) => {
      table.increments('id')
      table.integer('compute_node_id').unsigned().notNullable().references('compute_nodes.id')
      table.string('address', 45).notNullable().unique()
      table.integer('server_id').unsigned().nullable().references('servers.id').index()
      table.index(['compute_node_id', 'server_id'])
    })
  }

  async down() {
    for (const name of ['server_addresses', 'servers', 'compute_nodes', 'staff', 'contracts']) {
      this.schema.dropTable(name)
    }
  }
}
