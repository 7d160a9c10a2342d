import { BaseSchema } from '@adonisjs/lucid/schema'

/** Databases of domains, who signs in to them, and dumps that were brought into them (WEB-04). */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('databases', (table) => {
      table.increments('id')
      table.integer('domain_id').unsigned().notNullable().references('domains.id')
      /** As MariaDB has it: `d<domain>_<name>`. */
      table.string('name', 64).notNullable().unique()
      /** utf8mb4 | cp932 | eucjpms */
      table.string('charset', 16).notNullable().defaultTo('utf8mb4')
      table.string('description').nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
      table.index(['domain_id'])
    })

    this.schema.createTable('database_users', (table) => {
      table.increments('id')
      table.integer('domain_id').unsigned().notNullable().references('domains.id')
      table.string('name', 64).notNullable().unique()
      /** mysql_native_password: what MariaDB keeps as well. */
      table.string('password_hash', 64).notNullable()
      table.dateTime('password_changed_at').notNullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
      table.index(['domain_id'])
    })

    this.schema.createTable('database_rights', (table) => {
      table.increments('id')
      table.integer('database_id').unsigned().notNullable().references('databases.id')
      table.integer('database_user_id').unsigned().notNullable().references('database_users.id')
      /** all | write | read */
      table.string('level', 8).notNullable()
      table.unique(['database_id', 'database_user_id'])
      table.index(['database_user_id'])
    })

    this.schema.createTable('database_transfers', (table) => {
      table.increments('id')
      table.integer('database_id').unsigned().notNullable().references('databases.id')
      /** import | copy */
      table.string('kind', 8).notNullable()
      /** Name of the file, or of the database that was copied. */
      table.string('source').notNullable()
      /** What the server runs it by: character set, or id of the other database. */
      table.string('given', 64).notNullable()
      table.bigInteger('bytes').unsigned().notNullable().defaultTo(0)
      /** waiting | running | done | failed */
      table.string('state', 8).notNullable()
      /** Why it failed, one of the words of the panel, and what MariaDB said. */
      table.string('reason', 32).nullable()
      table.text('words').nullable()
      table.string('started_by').notNullable()
      table.integer('task_id').unsigned().nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('finished_at').nullable()
      table.index(['database_id', 'id'])
    })
  }

  async down() {
    for (const name of ['database_transfers', 'database_rights', 'database_users', 'databases']) {
      this.schema.dropTable(name)
    }
  }
}
