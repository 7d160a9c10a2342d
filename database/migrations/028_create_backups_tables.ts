import { BaseSchema } from '@adonisjs/lucid/schema'

/** BKP-02: where the provider keeps copies of everything, what was copied when, and what came back from it. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('backup_hosts', (table) => {
      table.increments('id')
      table.string('name', 64).notNullable().unique()
      table.string('address', 45).notNullable()
      table.integer('port').unsigned().notNullable().defaultTo(22)
      /** Pinned public key as in known_hosts. */
      table.text('host_key').notNullable()
      /** Absolute; everything that is kept lies below it. */
      table.string('directory').notNullable()
      /** Of each domain. */
      table.integer('generations').unsigned().notNullable().defaultTo(3)
      table.bigInteger('free_bytes').unsigned().nullable()
      table.bigInteger('total_bytes').unsigned().nullable()
      table.dateTime('seen_at').nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
    })

    this.schema.createTable('backups', (table) => {
      table.increments('id')
      table.integer('backup_host_id').unsigned().notNullable().references('backup_hosts.id')
      /** domain | share: what all domains of a server share. */
      table.string('kind', 8).notNullable()
      // No foreign keys: copies outlive what they are of.
      table.integer('contract_id').unsigned().notNullable()
      table.integer('server_id').unsigned().notNullable()
      table.integer('domain_id').unsigned().nullable()
      /** Of the domain or the server, as it was called then. */
      table.string('name').notNullable()
      /** running | done | partial | failed */
      table.string('state', 8).notNullable()
      table.string('reason', 32).nullable()
      table.string('words', 500).nullable()
      /** JSON: what became of each part. */
      table.text('parts', 'mediumtext').notNullable()
      /** JSON: whose each Unix id was. */
      table.text('owners', 'mediumtext').notNullable()
      table.integer('files').unsigned().nullable()
      table.bigInteger('bytes').unsigned().nullable()
      table.bigInteger('sent_bytes').unsigned().nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('finished_at').nullable()
      table.dateTime('verified_at').nullable()
      /** Files that are no more as they were. */
      table.integer('damaged').unsigned().nullable()
      /** Kept until then though its domain is gone. */
      table.dateTime('ends_at').nullable()
      /** Nothing of it is left on the host. */
      table.dateTime('removed_at').nullable()
      table.index(['domain_id', 'id'])
      table.index(['server_id', 'id'])
      table.index(['removed_at', 'id'])
    })

    this.schema.createTable('backup_restores', (table) => {
      table.increments('id')
      table.integer('backup_id').unsigned().notNullable()
      /** everything | mailbox | database | share | test */
      table.string('kind', 10).notNullable()
      table.integer('contract_id').unsigned().notNullable()
      table.integer('server_id').unsigned().notNullable()
      /** Into which; null when it is no domain's. */
      table.integer('domain_id').unsigned().nullable()
      table.string('name').notNullable()
      /** Local part, or name of a database without the domain's prefix. */
      table.string('part', 64).nullable()
      /** waiting | running | done | partial | failed */
      table.string('state', 8).notNullable()
      table.string('reason', 32).nullable()
      table.text('parts', 'mediumtext').notNullable()
      table.string('requested_by').notNullable()
      table.integer('task_id').unsigned().nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('finished_at').nullable()
      table.index(['domain_id', 'id'])
      table.index(['kind', 'id'])
    })
  }

  async down() {
    for (const name of ['backup_restores', 'backups', 'backup_hosts']) this.schema.dropTable(name)
  }
}
