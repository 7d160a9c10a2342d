import { BaseSchema } from '@adonisjs/lucid/schema'

/** What was done with the public and the staging side of domains, and the copies that are kept (WEB-02). */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('staging_changes', (table) => {
      table.increments('id')
      const domain = table.integer('domain_id').unsigned().notNullable()
      domain.references('domains.id').onDelete('CASCADE')
      /** swap | publish | withdraw | refresh | restore | discard */
      table.string('kind', 16).notNullable()
      /** copying | exchanging | done | failed */
      table.string('state', 16).notNullable()
      table.string('made_by', 320).notNullable()
      /** The domain while it is under way: one at a time, whoever clicks twice. */
      table.integer('busy_domain_id').unsigned().nullable().unique()
      /** The generation that is made first, brought back, or thrown away. */
      table.integer('generation_id').unsigned().nullable()
      /** The change that is taken back. */
      table.integer('undone_id').unsigned().nullable()
      /** JSON: names of chosen files, as bytes in base64url. */
      table.text('chosen', 'mediumtext').nullable()
      /** Whether what it replaced is still there. */
      table.boolean('keeps_previous').notNullable().defaultTo(false)
      table.bigInteger('task_id').unsigned().nullable()
      table.bigInteger('apply_id').unsigned().nullable()
      table.integer('files').unsigned().nullable()
      table.bigInteger('bytes').unsigned().nullable()
      /** What could not be copied: unreadable for the domain's own account, or no file. */
      table.integer('skipped').unsigned().notNullable().defaultTo(0)
      table.string('failure', 32).nullable()
      table.dateTime('created_at', { precision: 3 }).notNullable()
      table.dateTime('finished_at', { precision: 3 }).nullable()
      table.index(['domain_id', 'id'])
      table.index(['state', 'domain_id'])
    })

    this.schema.createTable('staging_generations', (table) => {
      table.increments('id')
      const domain = table.integer('domain_id').unsigned().notNullable()
      domain.references('domains.id').onDelete('CASCADE')
      /** making | kept | going */
      table.string('state', 8).notNullable()
      table.integer('files').unsigned().notNullable().defaultTo(0)
      table.bigInteger('bytes').unsigned().notNullable().defaultTo(0)
      table.integer('skipped').unsigned().notNullable().defaultTo(0)
      table.dateTime('created_at', { precision: 3 }).notNullable()
      table.index(['domain_id', 'state'])
    })

    this.schema.alterTable('domains', (table) => {
      /** How many copies of what was public are kept; 0: none is made. */
      table.integer('staging_generations').unsigned().notNullable().defaultTo(1)
    })
  }

  async down() {
    // Knex would build the table anew on SQLite, which rows that refer to it forbid.
    this.schema.raw('alter table domains drop column staging_generations')
    this.schema.dropTable('staging_generations')
    this.schema.dropTable('staging_changes')
  }
}
