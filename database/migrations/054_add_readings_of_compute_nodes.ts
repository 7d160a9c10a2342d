import { BaseSchema } from '@adonisjs/lucid/schema'

/** SRV-01, OPS-07: what compute nodes have and use, and servers that go from one to another. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('compute_nodes', (table) => {
      /** Off while somebody works on it: nothing new is put there. */
      table.boolean('accepts_servers').notNullable().defaultTo(true)
      /** Of its memory, how much is promised to servers at most: those of a contract never use all at once. */
      table.integer('memory_percent').unsigned().notNullable().defaultTo(200)
      table.integer('cores').unsigned().nullable()
      table.integer('memory_mb').unsigned().nullable()
      table.integer('free_memory_mb').unsigned().nullable()
      table.integer('disk_mb').unsigned().nullable()
      table.integer('free_disk_mb').unsigned().nullable()
      /** E.g. `lxd 5.0.2`. */
      table.string('daemon', 64).nullable()
      /** Of the image for new servers: the beginning of its fingerprint. */
      table.string('image_version', 16).nullable()
      /** When these figures were read, and what went wrong at the last try. */
      table.dateTime('read_at').nullable()
      table.string('read_problem', 32).nullable()
    })

    this.schema.createTable('server_moves', (table) => {
      table.increments('id')
      table.integer('server_id').unsigned().notNullable().references('servers.id').index()
      table.integer('from_node_id').unsigned().notNullable().references('compute_nodes.id')
      table.integer('to_node_id').unsigned().notNullable().references('compute_nodes.id')
      /** waiting | moving | done | failed */
      table.string('state', 16).notNullable()
      table.string('requested_by', 64).notNullable()
      /** Of a server at most one that is not over: its id, null afterwards. */
      table.integer('open_server_id').unsigned().nullable().unique()
      /** For staff, when it failed. */
      table.string('problem', 500).nullable()
      table.integer('task_id').unsigned().nullable()
      table.dateTime('finished_at').nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
    })
  }

  async down() {
    this.schema.dropTable('server_moves')
    // Knex would build the table anew on SQLite, which rows that refer to it forbid
    for (const name of columns) this.schema.raw(`alter table compute_nodes drop column ${name}`)
  }
}

const columns = [
  'accepts_servers',
  'memory_percent',
  'cores',
  'memory_mb',
  'free_memory_mb',
  'disk_mb',
  'free_disk_mb',
  'daemon',
  'image_version',
  'read_at',
  'read_problem',
]
