import { BaseSchema } from '@adonisjs/lucid/schema'

/** SRV-01, OPS-07: what compute nodes have and use. */
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
  }

  async down() {
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
