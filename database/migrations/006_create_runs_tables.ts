import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.createTable('runs', (table) => {
      table.bigIncrements('id')
      table.integer('server_id').unsigned().notNullable().references('servers.id')
      table.bigInteger('task_id').unsigned().nullable().index()
      table.string('reason').notNullable()
      /** `all`, or domain ids joined by commas. */
      table.text('scope').notNullable()
      /** running | done | unchanged | partial | rolled_back | failed */
      table.string('state', 16).notNullable()
      table.boolean('dry_run').notNullable().defaultTo(false)
      table.text('message').nullable()
      /** JSON: files, activations, milliseconds by phase. */
      table.text('figures').nullable()
      table.dateTime('started_at', { precision: 3 }).notNullable()
      table.dateTime('finished_at', { precision: 3 }).nullable()
      table.index(['server_id', 'id'])
    })

    this.schema.createTable('run_steps', (table) => {
      table.bigIncrements('id')
      table.bigInteger('run_id').unsigned().notNullable().index()
      table.integer('position').unsigned().notNullable()
      /** render | compare | check | switch | activate | probe | rollback | quarantine … */
      table.string('phase', 16).notNullable()
      table.string('service', 32).nullable()
      table.string('scope', 32).nullable()
      table.string('name', 500).notNullable()
      table.string('state', 16).notNullable()
      /** A unified diff or the daemon's own words; secrets are digests. */
      table.text('detail', 'mediumtext').nullable()
      table.integer('duration_ms').unsigned().nullable()
    })

    this.schema.createTable('manifest_entries', (table) => {
      table.bigIncrements('id')
      table.integer('server_id').unsigned().notNullable().references('servers.id')
      table.string('scope', 32).notNullable()
      table.string('service', 32).notNullable()
      table.string('key', 500).notNullable()
      /** The resource as JSON, without the content of files. */
      table.text('resource', 'mediumtext').notNullable()
      /** SHA-256 of what the panel last wrote: content, owner, group and mode. */
      table.string('hash', 64).notNullable()
      table.index(['server_id', 'scope'])
    })
  }

  async down() {
    for (const name of ['manifest_entries', 'run_steps', 'runs']) this.schema.dropTable(name)
  }
}
