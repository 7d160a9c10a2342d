import { BaseSchema } from '@adonisjs/lucid/schema'

/** CSV files that were uploaded (USR-01 … USR-07), without the files: what they would do, did, or why not. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('imports', (table) => {
      table.increments('id')
      const domain = table.integer('domain_id').unsigned().notNullable()
      domain.references('domains.id').onDelete('CASCADE')
      /** See `app/models/sheet`. */
      table.string('sheet', 32).notNullable()
      table.string('file_name').notNullable()
      /** checked | refused | confirmed | done | failed */
      table.string('state', 16).notNullable()
      table.string('uploaded_by', 320).notNullable()
      /** Rows of the file, and what they do. */
      table.integer('total').unsigned().notNullable().defaultTo(0)
      table.integer('added').unsigned().notNullable().defaultTo(0)
      table.integer('changed').unsigned().notNullable().defaultTo(0)
      table.integer('removed').unsigned().notNullable().defaultTo(0)
      table.integer('same').unsigned().notNullable().defaultTo(0)
      /** JSON: what is wrong with the file, by row and column. */
      table.text('mistakes', 'longtext').nullable()
      table.integer('mistake_count').unsigned().notNullable().defaultTo(0)
      table.integer('passwords').unsigned().notNullable().defaultTo(0)
      table.integer('passwords_hashed').unsigned().notNullable().defaultTo(0)
      /** A sign of life of the process that has the passwords in its memory. */
      table.dateTime('hashing_seen_at', { precision: 3 }).nullable()
      /** JSON: by row, from when all are there until the run is over. */
      table.text('hashes', 'longtext').nullable()
      table.integer('confirmed_by').unsigned().nullable()
      table.string('confirmed_ip', 45).nullable()
      table.dateTime('confirmed_at', { precision: 3 }).nullable()
      /** The task that brings it to the server. */
      table.bigInteger('apply_id').unsigned().nullable()
      /** JSON: why the run changed nothing. */
      table.text('failure').nullable()
      table.dateTime('created_at', { precision: 3 }).notNullable()
      table.dateTime('finished_at', { precision: 3 }).nullable()
      table.index(['domain_id', 'id'])
      table.index(['state', 'created_at'])
    })

    this.schema.createTable('import_rows', (table) => {
      table.bigIncrements('id')
      const owner = table.integer('import_id').unsigned().notNullable()
      owner.references('imports.id').onDelete('CASCADE')
      table.integer('row').unsigned().notNullable()
      table.integer('line').unsigned().notNullable()
      /** The user's ID, the list's name. */
      table.string('key', 320).notNullable()
      /** added | changed | removed */
      table.string('kind', 8).notNullable()
      /** JSON, until the run is over: afterwards only whom it was about stays. */
      table.text('before', 'mediumtext').nullable()
      table.text('after', 'mediumtext').nullable()
      table.boolean('sets_password').notNullable().defaultTo(false)
      table.index(['import_id', 'id'])
    })
  }

  async down() {
    this.schema.dropTable('import_rows')
    this.schema.dropTable('imports')
  }
}
