import { BaseSchema } from '@adonisjs/lucid/schema'

/** What was backed up of domains for their people each day, and what they had restored of it (BKP-01). */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('compute_nodes', (table) => {
      /** Of LXD or Incus, another than that of the servers; null: backups can't be made. */
      table.string('backup_pool', 64).nullable()
    })

    this.schema.createTable('content_backups', (table) => {
      table.increments('id')
      const domain = table.integer('domain_id').unsigned().notNullable()
      domain.references('domains.id').onDelete('CASCADE')
      table.integer('server_id').unsigned().notNullable()
      /** In Japan, `2026-11-22`. */
      table.string('day', 10).notNullable()
      /** running | done | partial | failed */
      table.string('state', 16).notNullable()
      table.string('failure', 32).nullable()
      /** JSON: what became of each directory. */
      table.text('parts', 'mediumtext').nullable()
      table.integer('files').unsigned().notNullable().defaultTo(0)
      table.bigInteger('bytes').unsigned().notNullable().defaultTo(0)
      table.integer('changed_files').unsigned().notNullable().defaultTo(0)
      table.bigInteger('changed_bytes').unsigned().notNullable().defaultTo(0)
      table.dateTime('started_at', { precision: 3 }).notNullable()
      table.dateTime('finished_at', { precision: 3 }).nullable()
      table.unique(['domain_id', 'day'])
      table.index(['server_id', 'day'])
    })

    this.schema.createTable('content_restores', (table) => {
      table.increments('id')
      const domain = table.integer('domain_id').unsigned().notNullable()
      domain.references('domains.id').onDelete('CASCADE')
      /** looking | looked | restoring | done | partial | failed | dropped */
      table.string('state', 16).notNullable()
      table.string('failure', 32).nullable()
      table.string('made_by', 320).notNullable()
      /** JSON: what somebody chose, paths as bytes in base64url. */
      table.text('chosen', 'mediumtext').notNullable()
      /** Whether what is in no backup goes. */
      table.boolean('deletes').notNullable().defaultTo(false)
      /** JSON: what would be done, by what was chosen; then what was done. */
      table.text('plan', 'mediumtext').nullable()
      table.text('outcome', 'mediumtext').nullable()
      /** The domain while it is under way: one at a time, whoever clicks twice. */
      table.integer('busy_domain_id').unsigned().nullable().unique()
      table.bigInteger('task_id').unsigned().nullable()
      table.dateTime('created_at', { precision: 3 }).notNullable()
      table.dateTime('looked_at', { precision: 3 }).nullable()
      table.dateTime('finished_at', { precision: 3 }).nullable()
      table.index(['domain_id', 'id'])
    })
  }

  async down() {
    this.schema.dropTable('content_restores')
    this.schema.dropTable('content_backups')
    // Knex would build the table anew on SQLite, which rows that refer to it forbid.
    this.schema.raw('alter table compute_nodes drop column backup_pool')
  }
}
