import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.createTable('tasks', (table) => {
      table.bigIncrements('id')
      table.string('kind', 64).notNullable()
      table.text('payload', 'mediumtext').notNullable()
      /** queued | running | done | failed | cancelled */
      table.string('state', 16).notNullable()
      /** Tasks with the same key run one at a time, in the order they were queued. */
      table.string('lock_key', 64).nullable()
      /** The lock key while it runs: the database itself refuses a second runner, whatever workers believe. */
      table.string('held_key', 64).nullable().unique()
      /** At most one queued task has a given key; given back when it starts. */
      table.string('unique_key', 128).nullable().unique()
      table.dateTime('run_at', { precision: 3 }).notNullable()
      table.integer('attempts').unsigned().notNullable().defaultTo(0)
      table.integer('max_attempts').unsigned().notNullable().defaultTo(5)
      table.integer('progress').unsigned().notNullable().defaultTo(0)
      table.string('message', 500).nullable()
      table.text('error').nullable()
      table.string('worker_id', 64).nullable()
      /** Grows with every claim; a write with an older one is refused. */
      table.integer('fence').unsigned().notNullable().defaultTo(0)
      table.dateTime('lease_until', { precision: 3 }).nullable()
      table.bigInteger('parent_id').unsigned().nullable()
      table.integer('server_id').unsigned().nullable()
      table.integer('account_id').unsigned().nullable()
      table.dateTime('created_at', { precision: 3 }).notNullable()
      table.dateTime('started_at', { precision: 3 }).nullable()
      table.dateTime('finished_at', { precision: 3 }).nullable()
      table.index(['state', 'id'])
      table.index(['lock_key', 'state', 'id'])
      table.index(['server_id', 'state', 'id'])
    })

    this.schema.createTable('task_logs', (table) => {
      table.bigIncrements('id')
      table.bigInteger('task_id').unsigned().notNullable().index()
      table.string('level', 8).notNullable()
      table.text('text').notNullable()
      table.dateTime('created_at', { precision: 3 }).notNullable()
    })

    this.schema.createTable('schedules', (table) => {
      table.increments('id')
      table.string('name', 64).notNullable().unique()
      table.string('kind', 64).notNullable()
      table.text('payload').notNullable()
      table.string('cron', 64).notNullable()
      table.string('timezone', 64).notNullable().defaultTo('Asia/Tokyo')
      table.boolean('enabled').notNullable().defaultTo(true)
      table.dateTime('next_run_at', { precision: 3 }).notNullable()
      table.dateTime('last_run_at', { precision: 3 }).nullable()
    })
  }

  async down() {
    for (const name of ['schedules', 'task_logs', 'tasks']) this.schema.dropTable(name)
  }
}
