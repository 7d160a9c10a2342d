import { BaseSchema } from '@adonisjs/lucid/schema'

/** BKP-02: servers that were lost and made anew, and what came back into each of them. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('server_rebuilds', (table) => {
      table.increments('id')
      table.integer('server_id').unsigned().notNullable().references('servers.id').index()
      table.string('requested_by').notNullable()
      /** waiting | building | restoring | failed */
      table.string('state', 10).notNullable()
      table.integer('task_id').unsigned().nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('built_at').nullable()
    })
    this.schema.alterTable('backup_restores', (table) => {
      table.integer('server_rebuild_id').unsigned().nullable().index()
    })
  }

  async down() {
    this.schema.alterTable('backup_restores', (table) => table.dropColumn('server_rebuild_id'))
    this.schema.dropTable('server_rebuilds')
  }
}
