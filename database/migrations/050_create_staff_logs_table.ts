import { BaseSchema } from '@adonisjs/lucid/schema'

const refusal = 'staff_logs is append-only'
/** SQLite knows no truncate: a whole database that is emptied, its tables by name, loses the head first. */
const unlessEmptied = 'when exists (select 1 from staff_log_heads)'

/**
 * OPS-07: what staff did, each line chained to the one before it. Rows outlive what they speak of, so
 * nothing is a foreign key, and names are kept as text.
 */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('staff', (table) => {
      /** administrator | operator | support; who is there already has been everything so far. */
      table.string('role', 16).notNullable().defaultTo('administrator')
    })

    this.schema.createTable('staff_logs', (table) => {
      /** 1, 2, 3, … without a gap. */
      table.bigInteger('seq').unsigned().notNullable().primary()
      /** UTC with milliseconds, as text, because it is part of what is chained. */
      table.string('at', 23).notNullable()
      /** Null: the panel's console. */
      table.integer('staff_id').unsigned().nullable()
      table.string('actor', 64).notNullable()
      table.string('action', 64).notNullable()
      table.string('target', 320).notNullable()
      /** JSON. No secrets. */
      table.text('detail', 'mediumtext').notNullable()
      table.string('ip', 45).nullable()
      table.string('previous_hash', 64).notNullable()
      table.string('hash', 64).notNullable()
      table.index(['staff_id', 'seq'])
      table.index(['action', 'seq'])
      table.index(['target', 'seq'])
    })

    /** One row: where the chain ends. Who writes a line locks it, and lines cut off at the end are missed. */
    this.schema.createTable('staff_log_heads', (table) => {
      table.integer('id').unsigned().notNullable().primary()
      table.bigInteger('seq').unsigned().notNullable()
      table.string('hash', 64).notNullable()
    })

    this.defer(async (db) => {
      const isMysql = db.dialect.name === 'mysql'
      for (const event of ['update', 'delete']) {
        const name = `staff_logs_no_${event}`
        const body = isMysql
          ? `for each row signal sqlstate '45000' set message_text = '${refusal}'`
          : `${unlessEmptied} begin select raise(abort, '${refusal}'); end`
        await db.knexRawQuery(`create trigger ${name} before ${event} on staff_logs ${body}`)
      }
    })
  }

  async down() {
    this.schema.dropTable('staff_log_heads')
    this.schema.dropTable('staff_logs')
    this.schema.raw('alter table staff drop column role')
  }
}
